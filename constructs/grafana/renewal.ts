import { IDENTITY_FOLDER } from '../identity/index.ts';
import { GRAFANA_PORT, SECRETS } from './configuration.ts';

/**
 * Grafana copies the data source's certificate into its database when it reads its provisioning. So a small loop beside
 * it has it read that again once the certificate is renewed, and tries anew until it did; sessions and panels go on.
 * Once at its start too: the certificate may have been renewed between Grafana's start and its own.
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/admin/#reload-provisioning-configurations
 */
export const RENEWAL_SCRIPT = `
identity=\${IDENTITY:-${IDENTITY_FOLDER}}
secrets=\${SECRETS:-${SECRETS}}
seen=
trap 'exit 0' TERM # the first process of a container isn't ended by it otherwise, and holds the pod up for half a minute
while :; do
  sleep "\${EVERY:-20}" & wait $!
  now=$(cksum < "$identity/tls.crt") || continue
  [ "$now" = "$seen" ] && continue
  # The certificate names the Service, and is asked for on this pod's own address; the password stays out of the list of processes.
  printf 'user = "admin:%s"\\n' "$(cat "$secrets/admin")" |
    curl --silent --show-error --fail --config - --cacert "$identity/ca.crt" --connect-to "::127.0.0.1:${GRAFANA_PORT}" \\
      --request POST "https://$SERVER_NAME:${GRAFANA_PORT}/api/admin/provisioning/datasources/reload" &&
    seen=$now && echo " certificate of the data source renewed"
done
`.trim();
