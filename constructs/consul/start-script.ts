import { IDENTITY_FOLDER } from '../identity/index.ts';
import { CONFIG, SECRETS } from './constants.ts';

/** In-memory volume of the pod for the part of the configuration that contains secrets. */
export const RUN = '/run/consul';

/**
 * Starts Consul with secrets from files, and makes it reload its certificate after a renewal. Consul's own watch does not
 * follow the symbolic links that the kubelet uses to update mounted files.
 * @param tokens Consul's name of a token and the file in `SECRETS` that holds it
 */
export function startScript(tokens: Readonly<Record<string, string>>): string {
  const fields = Object.keys(tokens).map((name) => `"${name}":"%s"`);
  const values = Object.values(tokens).map((file) => `"$(cat ${SECRETS}/${file})"`);
  return [
    'umask 077',
    `printf '{"encrypt":"%s","acl":{"tokens":{${fields.join(',')}}}}' "$(cat ${SECRETS}/gossip)" ${values.join(' ')} > ${RUN}/secrets.json`,
    `consul agent -config-file=${CONFIG}/consul.json -config-file=${RUN}/secrets.json -bind="$POD_IP" -node="$NODE_NAME" &`,
    'consul=$!',
    "trap 'kill -TERM $consul' TERM INT",
    `certificate() { cat ${IDENTITY_FOLDER}/tls.crt ${IDENTITY_FOLDER}/ca.crt | sha256sum; }`,
    'before=$(certificate)',
    'while kill -0 $consul 2>/dev/null; do',
    '  sleep 5 & wait $! || true',
    '  now=$(certificate)',
    '  [ "$now" = "$before" ] || { before=$now; echo "certificate renewed: reloading"; kill -HUP $consul; }',
    'done',
    'wait $consul',
  ].join('\n');
}
