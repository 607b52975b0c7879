import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { type Kubectl, MANAGER } from '../../../deploy/index.ts';
import { identityOf } from '../objects.ts';
import { deployerOf, type LiveManifest, type State } from './state.ts';

/** Result of a dry run: the object that the API server would store, or why it was rejected or not tried. */
export type Tried = { readonly would: LiveManifest } | { readonly refused: string } | { readonly untried: string };

/**
 * Sends each object to the API server as a deploy would, as a server-side dry run with real admission, defaults and
 * field ownership.
 * @returns by `identityOf`
 */
export async function dryRun(
  kubectl: Kubectl,
  manifests: readonly Manifest[],
  state: State,
): Promise<ReadonlyMap<string, Tried>> {
  const tried = new Map<string, Tried>();
  const judged = manifests.filter((manifest) => {
    const why = whyNot(manifest, state);
    if (why !== undefined) tried.set(identityOf(manifest), { untried: why });
    return why === undefined;
  });
  for (const [manager, group] of Map.groupBy(
    judged,
    (manifest) => deployerOf(state.objects.get(identityOf(manifest))) ?? MANAGER,
  )) {
    for (const [identity, outcome] of await judge(kubectl, manager, group)) tried.set(identity, outcome);
  }
  return tried;
}

function whyNot({ kind }: Manifest, { unknownKinds, hasNamespace }: State): string | undefined {
  if (unknownKinds.has(kind)) return `the cluster does not know the kind ${kind} yet`;
  return hasNamespace ? undefined : 'its namespace does not exist yet';
}

/** Errors of kubectl without a decision of the API server: not a rejection. */
const NO_ANSWER =
  /Unable to connect|The connection to the server|You must be logged in|cannot patch resource|i\/o timeout/;

/** All at once. kubectl prints nothing if one is rejected, so each half is then sent separately. */
async function judge(
  kubectl: Kubectl,
  manager: string,
  manifests: readonly Manifest[],
): Promise<readonly (readonly [string, Tried])[]> {
  const [first] = manifests;
  if (first === undefined) return [];
  try {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
    const flags = [
      '--server-side',
      '--dry-run=server',
      '--force-conflicts',
      `--field-manager=${manager}`,
      '--show-managed-fields',
      '-o',
      'json',
    ];
    const made: LiveManifest & { readonly items?: readonly LiveManifest[] } = JSON.parse(
      await kubectl.run(['apply', ...flags, '-f', '-'], { input }),
    );
    return (made.items ?? [made]).map((would) => [identityOf(would), { would }]);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || NO_ANSWER.test(error.problem)) throw error;
    if (manifests.length === 1) return [[identityOf(first), { refused: error.problem }]];
    const half = Math.ceil(manifests.length / 2);
    return [
      ...(await judge(kubectl, manager, manifests.slice(0, half))),
      ...(await judge(kubectl, manager, manifests.slice(half))),
    ];
  }
}
