import type { Manifest } from '@groundwork/constructs';
import { ENVIRONMENT_OF, PART_OF_SET } from '../../../deploy/index.ts';
import { withoutSecrets } from '../mask.ts';

/** Metadata that the API server maintains. */
const BOOKKEEPING = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];
const NOTES = [
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.daemonset.template.generation',
  PART_OF_SET,
  ENVIRONMENT_OF,
];

/** A live object without status, bookkeeping and values of secrets, for comparison. */
export function plain({ status: _, ...rest }: Manifest): Manifest {
  const { name, namespace, ...more } = rest.metadata;
  const kept = Object.entries(more)
    .filter(([key]) => !BOOKKEEPING.includes(key))
    .map(([key, value]) => [key, key === 'labels' || key === 'annotations' ? without(value ?? {}) : value]);
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...Object.fromEntries(kept) };
  return withoutSecrets({ ...rest, metadata });
}

function without(notes: object): object {
  return Object.fromEntries(Object.entries(notes).filter(([key]) => !NOTES.includes(key)));
}
