import { IDENTITY_FOLDER } from '../identity/index.ts';
import { toYaml } from '../kubernetes/yaml.ts';

/**
 * Which clients may open a TLS connection to the web interface. `listed`: only SPIFFE IDs that need it, which requires
 * Prometheus 2.46 and Alertmanager 0.26. `any-identity`: every certificate of the platform's authority, so that only
 * network policies restrict access; for older images, such as Debian's 2.42 and 0.25.
 */
export type WebClients = 'listed' | 'any-identity';

/**
 * `--web.config.file` of Prometheus and Alertmanager. They read it, and the files it references, for each handshake, so a
 * renewed certificate requires neither restart nor reload.
 * @param allowed SPIFFE IDs of allowed clients
 * @see https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
export function webConfig(clients: WebClients, allowed: readonly string[]): string {
  return toYaml([
    {
      tls_server_config: {
        cert_file: `${IDENTITY_FOLDER}/tls.crt`,
        key_file: `${IDENTITY_FOLDER}/tls.key`,
        client_auth_type: 'RequireAndVerifyClientCert',
        client_ca_file: `${IDENTITY_FOLDER}/ca.crt`,
        min_version: 'TLS13',
        ...(clients === 'listed' ? { client_allowed_sans: [...allowed] } : {}),
      },
    },
  ]);
}

/** Client TLS configuration of Prometheus and Alertmanager. */
export function clientTls(serverName: string): object {
  return {
    ca_file: `${IDENTITY_FOLDER}/ca.crt`,
    cert_file: `${IDENTITY_FOLDER}/tls.crt`,
    key_file: `${IDENTITY_FOLDER}/tls.key`,
    server_name: serverName,
  };
}
