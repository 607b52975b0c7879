import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

/** Label of a namespace with the name of its environment. */
const ENVIRONMENT = 'groundwork/environment';

/**
 * Two environments in one namespace would prune each other. @returns a ConfigurationError if another one is deployed there
 * @param live the live namespace, if it exists
 */
export function validateTenant(live: LiveObject | undefined, manifests: readonly Manifest[]): ConfigurationError[] {
  const wanted = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === live?.metadata.name);
  const ours = wanted?.metadata.labels?.[ENVIRONMENT];
  const theirs = live?.metadata.labels?.[ENVIRONMENT];
  if (ours === undefined || theirs === undefined || ours === theirs) return [];
  const what = `the namespace belongs to environment '${theirs}', whose objects '${ours}' would remove`;
  return [
    new ConfigurationError({
      code: 'namespace-foreign',
      where: `namespace ${live?.metadata.name}`,
      problem: what,
      fix: `deploy '${ours}' to another namespace, or remove '${theirs}' first: npm run down`,
    }),
  ];
}
