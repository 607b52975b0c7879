import type { Manifest } from '../kubernetes/manifest.ts';
import { type CustomKinds, type GroupKind, isInNoNamespace, type ObjectIdentity, objectId } from './identity.ts';
import { IMPLIED_RULES, type ImpliedRule, type Need, type Otherwise } from './implied-rules.ts';

/** An object with its identity. */
interface Identified {
  /** Its id. */
  readonly name: string;
  readonly identity: ObjectIdentity;
  readonly object: { readonly manifest: Manifest };
}

type Where = Extract<Need, { groupKind: GroupKind }>['where'];

/** What an object comes after. */
interface Implied<V> {
  /** What it cannot exist without. */
  readonly required: readonly V[];
  /** What it should come after. Where the opposite is declared, it can exist before them. */
  readonly preferred: readonly V[];
}

const STRENGTH: Readonly<Record<Otherwise, keyof Implied<unknown>>> = {
  rejected: 'required',
  deleted: 'required',
  pending: 'preferred',
  missed: 'preferred',
  failing: 'preferred',
};
const ANY = IMPLIED_RULES.filter(({ of }) => of === 'any');
const BY_KIND = new Map<GroupKind, ImpliedRule[]>();
for (const rule of IMPLIED_RULES)
  for (const kind of rule.of === 'any' ? [] : rule.of) BY_KIND.set(kind, [...(BY_KIND.get(kind) ?? []), rule]);

/** For each of the objects, which of them come before it by `IMPLIED_RULES`, each once. */
export function impliedBy<V extends Identified>(
  vertices: readonly V[],
  custom: CustomKinds,
): (vertex: V) => Implied<V> {
  const objects = new Objects(vertices, custom);
  return (vertex) => {
    const { identity, object } = vertex;
    const implied = { required: [] as V[], preferred: [] as V[] };
    for (const rules of [ANY, BY_KIND.get(identity.groupKind) ?? []])
      for (const { otherwise, find } of rules)
        for (const need of find(object.manifest, identity))
          for (const found of objects.find(need, identity)) {
            if (found === vertex || implied.required.includes(found) || implied.preferred.includes(found)) continue;
            implied[STRENGTH[otherwise]].push(found);
          }
    return implied;
  };
}

/** The objects of a system by identity and by kind. */
class Objects<V extends Identified> {
  readonly #byId = new Map<string, V>();
  readonly #kinds = new Set<GroupKind>();
  readonly #byKind = new Map<string, V[]>();
  readonly #byDefined = new Map<GroupKind, V>();
  /** What `where` finds of a kind: asked for each object that makes pods. */
  readonly #found = new Map<NonNullable<Where>, Map<string, readonly V[]>>();
  readonly #clusterScoped: ReadonlySet<GroupKind>;

  public constructor(vertices: readonly V[], { definitions, clusterScoped }: CustomKinds) {
    this.#clusterScoped = clusterScoped;
    const byManifest = new Map<Manifest, V>();
    for (const vertex of vertices) {
      const { groupKind, namespace } = vertex.identity;
      this.#byId.set(vertex.name, vertex);
      this.#kinds.add(groupKind);
      const key = kindIn(groupKind, namespace);
      const known = this.#byKind.get(key);
      if (known === undefined) this.#byKind.set(key, [vertex]);
      else known.push(vertex);
      byManifest.set(vertex.object.manifest, vertex);
    }
    for (const [kind, manifest] of definitions) {
      const definition = byManifest.get(manifest);
      if (definition !== undefined) this.#byDefined.set(kind, definition);
    }
  }

  public find(need: Need, { namespace: own }: ObjectIdentity): readonly V[] {
    if ('definitionOf' in need) {
      const definition = this.#byDefined.get(need.definitionOf);
      return definition === undefined ? [] : [definition];
    }
    const { groupKind, name, namespace = own, where } = need;
    if (!this.#kinds.has(groupKind)) return [];
    const inNone = namespace === undefined || isInNoNamespace(groupKind, this.#clusterScoped);
    const within = inNone ? {} : { namespace };
    if (name === undefined) return this.#all(kindIn(groupKind, within.namespace), where);
    const found = this.#byId.get(objectId({ groupKind, name, ...within }));
    return found === undefined || (where !== undefined && !where(found.object.manifest)) ? [] : [found];
  }

  #all(kind: string, where: Where): readonly V[] {
    const all = this.#byKind.get(kind) ?? [];
    if (where === undefined) return all;
    const cache = this.#found.get(where) ?? new Map<string, readonly V[]>();
    this.#found.set(where, cache);
    const found = cache.get(kind) ?? all.filter(({ object }) => where(object.manifest));
    cache.set(kind, found);
    return found;
  }
}

function kindIn(groupKind: GroupKind, namespace: string | undefined): string {
  return namespace === undefined ? groupKind : `${groupKind}/${namespace}`;
}
