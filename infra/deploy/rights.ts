import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { ENVIRONMENT_OF } from './annotations.ts';
import type { Deployment } from './engine.ts';
import { itemsOf, type Kubectl, type LiveObject } from './kubectl.ts';

/** Kinds of rights in other namespaces, such as to read the API server's address. They are tracked by a label, not an ApplySet. */
const KINDS = ['Role', 'RoleBinding'];

/** Separates the rights in other namespaces and labels them. @throws ConfigurationError for any other object there */
export function rightsElsewhere(
  { environment, namespace }: Deployment,
  manifests: readonly Manifest[],
): { readonly own: readonly Manifest[]; readonly rights: readonly Manifest[] } {
  const [own, elsewhere] = [[] as Manifest[], [] as Manifest[]];
  for (const manifest of manifests)
    ((manifest.metadata.namespace ?? namespace) === namespace ? own : elsewhere).push(manifest);
  const stray = elsewhere.find(({ kind }) => !KINDS.includes(kind));
  if (stray === undefined) return { own, rights: elsewhere.map((manifest) => withLabel(manifest, namespace)) };
  throw new ConfigurationError({
    code: 'namespace-foreign',
    where: `environment '${environment}' › ${stray.kind}/${stray.metadata.name}`,
    problem: `it is in namespace '${stray.metadata.namespace}', but the apply engine only prunes in '${namespace}'`,
    fix: `move it to '${namespace}', or deploy this environment with Pulumi`,
  });
}

function withLabel(manifest: Manifest, namespace: string): Manifest {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, labels: { ...metadata.labels, [ENVIRONMENT_OF]: namespace } } };
}

/** Arguments for kubectl's `get` and `delete`: all rights that an environment has in other namespaces. */
export function rightsOf(namespace: string): readonly string[] {
  const kinds = KINDS.map((kind) => `${kind.toLowerCase()}s.rbac.authorization.k8s.io`);
  return [kinds.join(','), '--all-namespaces', '--selector', `${ENVIRONMENT_OF}=${namespace}`];
}

/**
 * Deletes an environment's rights in other namespaces that were removed from the code.
 * @returns what was deleted, such as `role/consul-apiserver in default`
 * @throws ConfigurationError with kubectl's error output, such as when the account may not list rights of all namespaces
 */
export async function pruneRights(
  kubectl: Kubectl,
  namespace: string,
  wanted: readonly Manifest[],
): Promise<readonly string[]> {
  const kept = new Set(wanted.map(id));
  const text = await kubectl.run(['get', ...rightsOf(namespace), '--ignore-not-found', '-o', 'json']);
  const found = text === '' ? [] : itemsOf<LiveObject>(text);
  const old = found.filter((object) => !kept.has(id(object)));
  for (const { kind, metadata } of old) {
    const object = `${kind.toLowerCase()}.rbac.authorization.k8s.io/${metadata.name}`;
    await kubectl.run(['delete', object, '--namespace', metadata.namespace ?? '', '--ignore-not-found']);
  }
  return old.map(id);
}

function id({ kind, metadata }: Pick<LiveObject, 'kind' | 'metadata'>): string {
  return `${kind.toLowerCase()}/${metadata.name} in ${metadata.namespace}`;
}
