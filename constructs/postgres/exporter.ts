import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { hardenedContainer } from '../kubernetes/hardening.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { MONITOR } from './access.ts';
import { SCRIPTS, SOCKET } from './constants.ts';

/** Port of the server's metrics, with mutual TLS. */
export const METRICS_PORT = 9187;

export const EXPORTER_RESOURCES: Resources = { cpu: Cpu.millis(10), memory: Size.mebibytes(48) };

/** UID of the Linux user `nobody`, which the server maps to the monitor role on its socket. */
const EXPORTER_USER = 65_534;

/** TLS configuration: accepts every certificate of the platform's authority (network policies restrict pods); reloaded at each connection. */
export const WEB_CONFIG = [
  'tls_server_config:',
  `  cert_file: ${IDENTITY_FOLDER}/tls.crt`,
  `  key_file: ${IDENTITY_FOLDER}/tls.key`,
  `  client_ca_file: ${IDENTITY_FOLDER}/ca.crt`,
  '  client_auth_type: RequireAndVerifyClientCert',
  '  min_version: TLS13',
  '',
].join('\n');

/** The exporter sidecar of the server: reads statistics over the socket, with a role that has no other permissions. */
export function exporter(image: string): Container {
  return {
    name: 'exporter',
    image,
    args: [`--web.listen-address=:${METRICS_PORT}`, `--web.config.file=${SCRIPTS}/web.yml`],
    env: [
      {
        name: 'DATA_SOURCE_NAME',
        value: `host=${SOCKET} user=${MONITOR} dbname=postgres sslmode=disable application_name=exporter`,
      },
      { name: 'PG_EXPORTER_EXTEND_QUERY_PATH', value: `${SCRIPTS}/queries.yml` },
    ],
    ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
    resources: requirements(EXPORTER_RESOURCES),
    securityContext: { ...hardenedContainer, runAsUser: EXPORTER_USER },
    volumeMounts: [
      { name: 'identity', mountPath: IDENTITY_FOLDER, readOnly: true },
      { name: 'scripts', mountPath: SCRIPTS, readOnly: true },
      { name: 'run', mountPath: SOCKET },
    ],
  };
}
