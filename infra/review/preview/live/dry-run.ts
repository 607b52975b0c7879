import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { type Kubectl, MANAGER } from '../../../deploy/index.ts';
import { identityOf } from '../objects.ts';
import { deployerOf, type LiveManifest, type State } from './state.ts';

/** What the API server would make of an object, or why it wouldn't. */
export type Tried = { readonly would: LiveManifest } | { readonly refused: string } | { readonly untried: string };

/**
 * Sends each object to the API server as a deploy would, to be judged and thrown away: admission, defaults and field
 * ownership are the real ones.
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
  return hasNamespace ? undefined : 'its namespace is not there yet';
}

/** What kubectl says when nobody judged the object: it is no refusal. */
const NO_ANSWER =
  /Unable to connect|The connection to the server|You must be logged in|cannot patch resource|i\/o timeout/;

/** All at once; kubectl prints nothing if one is refused, so then each half by itself. */
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
