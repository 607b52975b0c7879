import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { IDENTITY_FOLDER } from '../identity/index.ts';
import { hardenedContainer } from '../kubernetes/hardening.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { MONITOR } from './access.ts';
import { SCRIPTS, SOCKET } from './constants.ts';

/** Port of the server's metrics, over mutual TLS. */
export const METRICS_PORT = 9187;

export const EXPORTER_RESOURCES: Resources = { cpu: Cpu.millis(10), memory: Size.mebibytes(48) };

/** User `nobody`, whom the server takes for the monitor when he comes by its socket. */
const NOBODY = 65_534;

/** Who may read the metrics: whoever has a certificate of ours; which pods get there, the network decides. Read anew at each connection. */
export const WEB_CONFIG = [
  'tls_server_config:',
  `  cert_file: ${IDENTITY_FOLDER}/tls.crt`,
  `  key_file: ${IDENTITY_FOLDER}/tls.key`,
  `  client_ca_file: ${IDENTITY_FOLDER}/ca.crt`,
  '  client_auth_type: RequireAndVerifyClientCert',
  '  min_version: TLS13',
  '',
].join('\n');

/** The exporter beside the server: reads its statistics by the socket, as a role that may read nothing else. */
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
    securityContext: { ...hardenedContainer, runAsUser: NOBODY },
    volumeMounts: [
      { name: 'identity', mountPath: IDENTITY_FOLDER, readOnly: true },
      { name: 'scripts', mountPath: SCRIPTS, readOnly: true },
      { name: 'run', mountPath: SOCKET },
    ],
  };
}
