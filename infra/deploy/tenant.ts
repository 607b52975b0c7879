import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

/** Label of a namespace that says which environment lives there. */
const ENVIRONMENT = 'groundwork/environment';

/**
 * Two environments in one namespace would prune each other. @returns a ConfigurationError when another one lives there already
 * @param live the namespace as it is, if it is there
 */
export function validateTenant(live: LiveObject | undefined, manifests: readonly Manifest[]): ConfigurationError[] {
  const wanted = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === live?.metadata.name);
  const ours = wanted?.metadata.labels?.[ENVIRONMENT];
  const theirs = live?.metadata.labels?.[ENVIRONMENT];
  if (ours === undefined || theirs === undefined || ours === theirs) return [];
  const what = `environment '${theirs}' lives in it, and what isn't of '${ours}' would be removed`;
  return [
    new ConfigurationError({
      code: 'namespace-foreign',
      where: `namespace ${live?.metadata.name}`,
      problem: what,
      fix: `give '${ours}' a namespace of its own, or remove '${theirs}' first: npm run down`,
    }),
  ];
}
