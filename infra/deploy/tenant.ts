import type { Manifest } from '@groundwork/constructs';
import { Mistake } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

/** Label of a namespace that says which environment lives there. */
const ENVIRONMENT = 'groundwork/environment';

/**
 * Two environments in one namespace would prune each other. @returns a Mistake when another one lives there already
 * @param live the namespace as it is, if it is there
 */
export function tenantMistakes(live: LiveObject | undefined, manifests: readonly Manifest[]): Mistake[] {
  const wanted = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === live?.metadata.name);
  const ours = (wanted?.metadata as LiveObject['metadata'] | undefined)?.labels?.[ENVIRONMENT];
  const theirs = live?.metadata.labels?.[ENVIRONMENT];
  if (ours === undefined || theirs === undefined || ours === theirs) return [];
  const what = `environment '${theirs}' lives in it, and what isn't of '${ours}' would be removed`;
  return [
    new Mistake(
      `namespace ${live?.metadata.name}`,
      what,
      `give '${ours}' a namespace of its own, or remove '${theirs}' first: npm run down`,
    ),
  ];
}
