import type { Manifest } from '@groundwork/constructs';
import { type Kubectl, MANAGER, rightsOf } from '../../../deploy/index.ts';
import { identityOf } from '../objects.ts';

/** An object from the API server, with its managed fields. */
export type LiveManifest = Manifest & {
  readonly metadata: Manifest['metadata'] & {
    readonly ownerReferences?: readonly unknown[];
    readonly managedFields?: readonly ManagedFields[];
  };
  readonly data?: Readonly<Record<string, string>>;
};

/** One field manager of an object. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
  readonly fieldsV1?: object;
}

/** The live objects of an environment. */
export interface State {
  /** By `identityOf`. */
  readonly objects: ReadonlyMap<string, LiveManifest>;
  /** Kinds that the cluster doesn't know, such as `Kafka`: their operator is not installed. */
  readonly unknownKinds: ReadonlySet<string>;
  readonly hasNamespace: boolean;
  /** All quotas of the namespace. */
  readonly quotas: readonly LiveManifest[];
  /** All nodes of the cluster; none if the user may not list them. */
  readonly nodes: readonly LiveManifest[];
}

/**
 * Field manager that deployed an object, needed for a dry run that also removes fields. Undefined if no deploy created
 * it.
 */
export function deployerOf(live: LiveManifest | undefined): string | undefined {
  const writers = (live?.metadata.managedFields ?? []).filter(
    ({ operation, subresource }) => operation === 'Apply' && subresource === undefined,
  );
  return writers.find(({ manager }) => manager === MANAGER || manager.startsWith('pulumi-kubernetes'))?.manager;
}

/**
 * Reads all objects of the kinds in the source or in the last deploy.
 * @param known objects of base and head
 * @throws ConfigurationError with kubectl's message if the cluster is unreachable or rejects the request
 */
export async function readState(kubectl: Kubectl, namespace: string, known: readonly Manifest[]): Promise<State> {
  const present = await kubectl.get('namespace', namespace);
  const nodes = itemsOf(await kubectl.run(['get', 'nodes', '-o', 'json']).catch(() => ''));
  if (present === undefined)
    return { objects: new Map(), unknownKinds: new Set(), hasNamespace: false, quotas: [], nodes };
  const types = new Map(known.map((manifest) => [typeOf(manifest), manifest.kind]));
  for (const type of await typesOfLastDeploy(kubectl, namespace)) types.set(type, type.replace(/\..*$/, ''));
  const [objects, unknownKinds] = [new Map<string, LiveManifest>(), new Set<string>()];
  for (const scope of new Set([...known.map(({ metadata }) => metadata.namespace), namespace])) {
    // kubectl returns all objects of cluster-scoped kinds, in any scope.
    const inScope =
      scope === namespace
        ? [...types.keys()]
        : [...new Set(known.filter(({ metadata }) => metadata.namespace === scope).map(typeOf))];
    for (const object of await read(kubectl, scope, inScope, (type) => unknownKinds.add(types.get(type) ?? type)))
      objects.set(identityOf(object), object);
  }
  for (const object of await rights(kubectl, namespace)) objects.set(identityOf(object), object);
  const quotas = await read(kubectl, namespace, ['ResourceQuota'], () => {});
  return { objects, unknownKinds, hasNamespace: true, quotas, nodes };
}

/**
 * Rights in other namespaces, including deleted ones. A user who can't list them can't delete them in a deploy either.
 */
async function rights(kubectl: Kubectl, namespace: string): Promise<readonly LiveManifest[]> {
  const text = await kubectl
    .run(['get', ...rightsOf(namespace), '--ignore-not-found', '--show-managed-fields', '-o', 'json'])
    .catch(() => '');
  return itemsOf(text);
}

async function read(
  kubectl: Kubectl,
  namespace: string | undefined,
  types: readonly string[],
  unknown: (type: string) => void,
): Promise<readonly LiveManifest[]> {
  const scope = namespace === undefined ? [] : ['--namespace', namespace];
  for (const asked = new Set(types); asked.size > 0; ) {
    try {
      const text = await kubectl.run([
        'get',
        [...asked].join(','),
        ...scope,
        '--ignore-not-found',
        '--show-managed-fields',
        '-o',
        'json',
      ]);
      return itemsOf(text);
    } catch (error) {
      const [, missing] = /doesn't have a resource type "([^"]+)"/.exec(String(error)) ?? [];
      const type = [...asked].find((one) => one === missing || one.startsWith(`${missing}.`)); // the message names only the kind
      if (type === undefined) throw error;
      asked.delete(type);
      unknown(type);
    }
  }
  return [];
}

/** Objects of a list that kubectl prints; empty output means none. */
function itemsOf(text: string): readonly LiveManifest[] {
  return text === '' ? [] : JSON.parse(text).items;
}

/** Kinds that the last deploy recorded, which include kinds that are no longer in the source. */
async function typesOfLastDeploy(kubectl: Kubectl, namespace: string): Promise<readonly string[]> {
  const set = await kubectl.get('configmap', 'groundwork', namespace);
  return (
    set?.metadata.annotations?.['applyset.kubernetes.io/contains-group-kinds']
      ?.split(',')
      .filter((kind) => kind !== '') ?? []
  );
}

/** A kind as an argument of `kubectl get`, such as `Deployment.apps`. */
function typeOf({ apiVersion, kind }: Manifest): string {
  return apiVersion.includes('/') ? `${kind}.${apiVersion.split('/')[0]}` : kind;
}
