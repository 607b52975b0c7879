import { IDENTITY_FOLDER } from '../identity/index.ts';
import { toYaml } from '../kubernetes/yaml.ts';

/**
 * Who may open a TLS connection to the web interface. `listed`: only the SPIFFE IDs that have a use for it, which the
 * image must know how to check (Prometheus from 2.46, Alertmanager from 0.26). `any-identity`: every identity that our CA
 * signed, so that network policies alone tell them apart; what older images can do, such as Debian's 2.42 and 0.25.
 */
export type WebClients = 'listed' | 'any-identity';

/**
 * `--web.config.file` of Prometheus and Alertmanager. They read it, and the files that it names, anew at each handshake:
 * a renewed certificate needs neither restart nor reload.
 * @param allowed SPIFFE IDs
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

/** How a client of ours shows its identity, as configurations of Prometheus and Alertmanager write it. */
export function clientTls(serverName: string): object {
  return {
    ca_file: `${IDENTITY_FOLDER}/ca.crt`,
    cert_file: `${IDENTITY_FOLDER}/tls.crt`,
    key_file: `${IDENTITY_FOLDER}/tls.key`,
    server_name: serverName,
  };
}
