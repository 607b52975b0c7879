import { IDENTITY_FOLDER } from '../identity/index.ts';
import { CONFIG, SECRETS } from './constants.ts';

/** Where the script writes the part of the configuration that holds secrets: memory, of this pod alone. */
export const RUN = '/run/consul';

/**
 * Starts Consul with its secrets, which come as files, and has it read its certificate again when that is renewed. Its
 * own watch doesn't follow the links by which the kubelet changes mounted files.
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
    '  [ "$now" = "$before" ] || { before=$now; echo "certificate renewed: reading it again"; kill -HUP $consul; }',
    'done',
    'wait $consul',
  ].join('\n');
}
