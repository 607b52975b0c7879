import type { Construct } from 'constructs';
import { labelsOf, object } from '../kubernetes/object.ts';
import type { Workload } from '../platform/index.ts';
import type { PodMounts } from './pod.ts';

/** Folder in which a service finds its `files`. */
export const FILES_FOLDER = '/var/run/groundwork/files';

/** Files of a service, which the kubelet updates: their text is not part of the pod template, so a change restarts no pod. */
export function mountFiles(
  scope: Construct,
  { name, namespace, system }: Workload,
  files: Readonly<Record<string, string>>,
): PodMounts {
  if (Object.keys(files).length === 0) return { env: {}, volumes: [], volumeMounts: [] };
  const metadata = { name: `${name}-files`, namespace, labels: labelsOf(system, name) };
  object(scope, 'files', `${name}.files`, 'ConfigMap', { metadata, data: { ...files } });
  return {
    env: {},
    volumes: [{ name: 'files', configMap: { name: metadata.name } }],
    volumeMounts: [{ name: 'files', mountPath: FILES_FOLDER, readOnly: true }],
  };
}
