import { IDENTITY_FOLDER } from '../identity/index.ts';
import { GRAFANA_PORT, SECRETS } from './configuration.ts';

/**
 * Grafana copies the data source's certificate into its database when it loads its provisioning. This sidecar makes it
 * reload the provisioning after a renewal, and retries until that succeeds; sessions and panels are not affected. It also
 * reloads once at its start, since the certificate may have been renewed between the start of Grafana and its own.
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/admin/#reload-provisioning-configurations
 */
export const RENEWAL_SCRIPT = `
identity=\${IDENTITY:-${IDENTITY_FOLDER}}
secrets=\${SECRETS:-${SECRETS}}
seen=
trap 'exit 0' TERM # otherwise the first process of a container ignores TERM and delays the end of the pod by 30 seconds
while :; do
  sleep "\${EVERY:-20}" & wait $!
  now=$(cksum < "$identity/tls.crt") || continue
  [ "$now" = "$seen" ] && continue
  # The certificate has the name of the Service, but the request goes to this pod; the password is not in the process list.
  printf 'user = "admin:%s"\\n' "$(cat "$secrets/admin")" |
    curl --silent --show-error --fail --config - --cacert "$identity/ca.crt" --connect-to "::127.0.0.1:${GRAFANA_PORT}" \\
      --request POST "https://$SERVER_NAME:${GRAFANA_PORT}/api/admin/provisioning/datasources/reload" &&
    seen=$now && echo " certificate of the data source renewed"
done
`.trim();
