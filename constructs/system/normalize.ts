import { ConfigurationError } from '@groundwork/contract';
import { ApiObject } from 'cdk8s';
import { mayHoldSecret } from '../kubernetes/deploy-time-secret.ts';
import type { Manifest } from '../kubernetes/manifest.ts';
import { assertIdentified } from './identity.ts';

/** What a construct renders to. */
export interface Rendered {
  readonly manifests: readonly Manifest[];
  /** Whether a text in them may have a deploy-time secret in it. */
  readonly holdsSecret: boolean;
}

/**
 * The objects that a construct renders to, frozen: one, or those in a List. Members that are null are left out, as to
 * the API server they are the same as none; in arrays they stay.
 * @throws ConfigurationError for a value that is not JSON, and for an object without kind or name
 */
export function render(construct: ApiObject): Rendered {
  // cdk8s copies all that it renders; a subclass may return what others hold too.
  const frozen = new Frozen(construct.node.path, { copy: construct.toJson !== ApiObject.prototype.toJson });
  const manifests = unfold(frozen.of(toJson(construct)), construct.node.path);
  return { manifests, holdsSecret: frozen.holdsSecret };
}

/** The only call of cdk8s's renderer. */
function toJson(construct: ApiObject): unknown {
  try {
    return construct.toJson();
  } catch (error) {
    const what = /non-simple object of type '(.*)'/.exec(String(error))?.[1];
    if (what === undefined) throw error;
    throw notJson(construct.node.path, what);
  }
}

/** The objects in a List, or the object itself. */
function unfold(object: unknown, where: string): Manifest[] {
  if (!isObject(object)) throw notJson(where, String(object));
  const items = itemsOf(object);
  if (items !== undefined) return items.flatMap((item, index) => unfold(item, `${where} › items[${index}]`));
  assertIdentified(object, where);
  return [object];
}

/** Items of `List`, and of lists of one kind such as `RoleList`, whose items may leave that kind out. */
function itemsOf({ apiVersion, kind, items }: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (kind === 'List' && items === undefined) return [];
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined;
  const implied = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items
    .filter((item: unknown) => item !== null)
    .map((item: unknown) =>
      isObject(item) && item.kind === undefined ? Object.freeze({ ...implied, ...item }) : item,
    );
}

/**
 * The objects in JSON of any origin, such as a YAML file: Lists unfolded, without members that are null, and with an
 * empty text for a kind or name that is missing. An object that needs none of it is returned as it is.
 */
export function wellFormed(value: unknown): Manifest[] {
  if (!isObject(value)) return [];
  const items = itemsOf(value);
  if (items !== undefined) return items.flatMap(wellFormed);
  const object = withoutNulls(value, hasTypedLists(value));
  const { apiVersion, kind, metadata } = object;
  const named = isObject(metadata) && typeof metadata.name === 'string';
  if (named && typeof apiVersion === 'string' && typeof kind === 'string') return [object as Manifest];
  const texts = { apiVersion: `${apiVersion ?? ''}`, kind: `${kind ?? ''}` };
  const fields = isObject(metadata) ? metadata : {};
  return [{ ...object, ...texts, metadata: { ...fields, name: `${fields.name ?? ''}` } }];
}

/** No list of Kubernetes' own kinds can hold null; in another kind it may be a value. */
function hasTypedLists({ apiVersion }: Readonly<Record<string, unknown>>): boolean {
  const [group = ''] = `${apiVersion ?? ''}`.split('/');
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/**
 * A value whose objects have no member that is null; itself if that is so already.
 * @param alsoItems leaves out those of arrays too
 */
function withoutNulls<T>(value: T, alsoItems: boolean): T;
function withoutNulls(value: unknown, alsoItems: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value
      .filter((item) => !alsoItems || item !== null)
      .map((item: unknown) => withoutNulls(item, alsoItems));
    return items.length === value.length && items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value);
  const kept = entries.flatMap(([key, member]): [string, unknown][] =>
    member === null || member === undefined ? [] : [[key, withoutNulls(member, alsoItems)]],
  );
  const isSame = kept.length === entries.length && kept.every(([, member], index) => member === entries[index]?.[1]);
  return isSame ? value : Object.fromEntries(kept);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Freezes JSON with all its parts, or copies of them. */
class Frozen {
  public holdsSecret = false;
  readonly #where: string;
  readonly #copy: boolean;

  public constructor(where: string, { copy }: { readonly copy: boolean }) {
    this.#where = where;
    this.#copy = copy;
  }

  public of(value: unknown): unknown {
    if (typeof value === 'string') {
      this.holdsSecret ||= mayHoldSecret(value);
      return value;
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
    if (Array.isArray(value)) {
      const list: unknown[] = this.#copy ? [...value] : value;
      for (let index = 0; index < list.length; index++) list[index] = this.of(list[index] ?? null);
      return Object.freeze(list);
    }
    if (!isObject(value)) throw notJson(this.#where, typeof value);
    const object = this.#copy ? this.#copyOf(value) : value;
    for (const key of Object.keys(object)) {
      const member = object[key];
      if (member === undefined || member === null) delete object[key];
      else {
        this.holdsSecret ||= mayHoldSecret(key);
        object[key] = this.of(member);
      }
    }
    return Object.freeze(object);
  }

  #copyOf(value: object): Record<string, unknown> {
    // By name, as cdk8s does: the objects of another realm, such as a test's, are plain too.
    const type: { readonly name: string } = (Object.getPrototypeOf(value) ?? Object.prototype).constructor;
    if (type.name !== 'Object') throw notJson(this.#where, type.name);
    return { ...value };
  }
}

function notJson(where: string, what: string): ConfigurationError {
  return new ConfigurationError({
    code: 'object-not-json',
    where,
    problem: `the object holds a value that is not JSON: ${what}`,
    fix:
      what === 'OutputImpl'
        ? 'make the app with `new App({ resolvers: [new OutputResolver()] })`, which lets Pulumi Outputs stand in props'
        : 'use text, numbers, booleans, arrays and plain objects, or make the app with a resolver for the type',
  });
}
