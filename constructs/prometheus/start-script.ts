import { CONFIG, RULES } from './constants.ts';

/**
 * Runs Prometheus with the arguments of the script, and makes it reload its configuration and rules when the files change,
 * which the kubelet updates within about a minute: a target more or less restarts no pod. Prometheus keeps the former
 * configuration if the new one is invalid, which the alert `ConfigurationNotReloaded` reports. Not every version can watch
 * its files, and a sidecar could send it the signal only if containers shared their processes.
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export const START_SCRIPT = `
config=\${CONFIG:-${CONFIG}}
rules=\${RULES:-${RULES}}
files() { cat "$config"/* "$rules"/* | cksum; }
seen=$(files)
prometheus "$@" & server=$!
trap 'kill "$server"' TERM INT
{
  while sleep "\${EVERY:-10}"; do
    now=$(files)
    [ "$now" = "$seen" ] && continue
    seen=$now
    kill -HUP "$server" || exit
  done
} &
wait "$server"; status=$?
while kill -0 "$server" 2> /dev/null; do wait "$server"; status=$?; done # a signal ends the first wait, not the server
exit "$status"
`.trim();
