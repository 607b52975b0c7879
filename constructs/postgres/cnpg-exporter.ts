import type { Construct } from 'constructs';
import { IDENTITY_FOLDER, type Identity } from '../identity/index.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { checksum, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { requirements } from '../kubernetes/resources.ts';
import { MONITOR } from './access.ts';
import { PORT, SCRIPTS, SERVER } from './constants.ts';
import { EXPORTER_RESOURCES, METRICS_PORT, WEB_CONFIG } from './exporter.ts';
import { QUERIES } from './metrics.ts';

/** Name of the exporter's objects and service account. */
export const EXPORTER = 'postgres-exporter';
const EXPORTER_USER = 65_534;

export interface CnpgExporterProps {
  readonly namespace: string;
  readonly system: string;
  readonly image: string;
  /** Host name of the primary. */
  readonly host: string;
  readonly identity: Identity;
}

/**
 * The same exporter as that of the builtin back end, so that metrics have the same names. It connects over the network with
 * its own certificate, to the primary, which reports the lag of replicas.
 */
export function makeExporter(scope: Construct, { namespace, system, image, host, identity }: CnpgExporterProps): void {
  const labels = labelsOf(system, EXPORTER);
  const selector = selectorOf(system, EXPORTER);
  const metadata = { name: EXPORTER, namespace, labels };
  const files = { 'web.yml': WEB_CONFIG, 'queries.yml': QUERIES };
  const { volumes, volumeMounts } = secretMounts(EXPORTER, '', identity.files());
  const login = `sslmode=verify-full sslrootcert=${IDENTITY_FOLDER}/ca.crt sslcert=${IDENTITY_FOLDER}/tls.crt sslkey=${IDENTITY_FOLDER}/tls.key`;
  object(scope, 'files', 'postgres', 'ConfigMap', { metadata, data: files });
  networkPolicy(scope, 'network', 'postgres', {
    metadata,
    selector,
    egress: [egressTo(selectorOf(system, SERVER), PORT)],
  });
  object(scope, 'exporter', 'postgres', 'Deployment', {
    metadata,
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels, annotations: { 'groundwork/inputs': checksum(...Object.values(files)) } },
        spec: {
          ...isolatedPod(identity.account, EXPORTER_USER),
          containers: [
            {
              name: 'exporter',
              image,
              args: [`--web.listen-address=:${METRICS_PORT}`, `--web.config.file=${SCRIPTS}/web.yml`],
              env: [
                {
                  name: 'DATA_SOURCE_NAME',
                  value: `host=${host} port=${PORT} user=${MONITOR} dbname=postgres application_name=exporter ${login}`,
                },
                { name: 'PG_EXPORTER_EXTEND_QUERY_PATH', value: `${SCRIPTS}/queries.yml` },
              ],
              ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
              resources: requirements(EXPORTER_RESOURCES),
              securityContext: hardenedContainer,
              volumeMounts: [...volumeMounts, { name: 'files', mountPath: SCRIPTS, readOnly: true }],
            },
          ],
          volumes: [...volumes, { name: 'files', configMap: { name: EXPORTER } }],
        },
      },
    },
  });
}
