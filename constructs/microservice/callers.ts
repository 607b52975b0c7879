import type { Construct } from 'constructs';
import { labelsOf, object } from '../kubernetes/object.ts';
import type { Platform, Workload } from '../platform/index.ts';
import type { PodMounts } from './pod.ts';

const FOLDER = '/var/run/groundwork/callers';
const FILE = 'callers.json';

/**
 * The services that may call each operation, as a file that the service reloads: a variable would restart its pods with
 * each new caller. A service without operations has no callers; those of the edge have no identity.
 */
export function mountCallers(scope: Construct, { graph }: Platform, workload: Workload): PodMounts {
  const { name, namespace, system, contract } = workload;
  if (contract.edge || Object.keys(contract.http).length === 0) return { env: {}, volumes: [], volumeMounts: [] };
  const metadata = { name: `${name}-callers`, namespace, labels: labelsOf(system, name) };
  object(scope, 'callers', `contract '${name}' › http, and calls of its callers`, 'ConfigMap', {
    metadata,
    data: { [FILE]: `${JSON.stringify(graph.allowList(name), undefined, 2)}\n` },
  });
  return {
    env: { CALLERS_FILE: `${FOLDER}/${FILE}` },
    volumes: [{ name: 'callers', configMap: { name: metadata.name } }],
    volumeMounts: [{ name: 'callers', mountPath: FOLDER, readOnly: true }],
  };
}
