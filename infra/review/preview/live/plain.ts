import type { Manifest } from '@groundwork/constructs';
import { ENVIRONMENT_OF, PART_OF_SET } from '../../../deploy/index.ts';
import { redactSecrets } from './secrets.ts';

/** What the API server and the deploy engines keep in an object for themselves. */
const BOOKKEEPING = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];
const NOTES = [
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.daemonset.template.generation',
  PART_OF_SET,
  ENVIRONMENT_OF,
];

/** An object of the API server without its status, bookkeeping and values of secrets: two of them differ in what somebody wrote. */
export function plain({ status: _, ...rest }: Manifest): Manifest {
  const { name, namespace, ...more } = rest.metadata;
  const kept = Object.entries(more)
    .filter(([key]) => !BOOKKEEPING.includes(key))
    .map(([key, value]) => [key, key === 'labels' || key === 'annotations' ? without(value ?? {}) : value]);
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...Object.fromEntries(kept) };
  return redactSecrets({ ...rest, metadata });
}

function without(notes: object): object {
  return Object.fromEntries(Object.entries(notes).filter(([key]) => !NOTES.includes(key)));
}
