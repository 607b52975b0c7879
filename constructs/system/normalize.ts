import { ConfigurationError } from '@groundwork/contract';
import type { ApiObject } from 'cdk8s';
import type { Manifest } from '../kubernetes/manifest.ts';
import { assertIdentified } from './identity.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The objects that a construct renders to, frozen: one, or those in a List. Members that are null are left out, as to
 * the API server they are the same as none; in arrays they stay.
 * @throws ConfigurationError for a value that is not JSON, and for an object without kind or name
 */
export function render(construct: ApiObject): Manifest[] {
  const { path } = construct.node;
  return unfold(frozen(toJson(construct), path), path);
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

/** `List`, and lists of one kind such as `RoleList`, whose items may leave that kind out. */
function unfold(object: unknown, where: string): Manifest[] {
  if (!isObject(object)) throw notJson(where, String(object));
  const { apiVersion, kind, items } = object;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const implied = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return items.flatMap((item: unknown, index) => {
      if (item === null) return [];
      const whole = isObject(item) && item.kind === undefined ? Object.freeze({ ...implied, ...item }) : item;
      return unfold(whole, `${where} › items[${index}]`);
    });
  }
  assertIdentified(object, where);
  return [object];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A frozen copy: what was rendered may share parts with the values of a JSON patch, which are the user's. */
function frozen(value: unknown, where: string): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => frozen(item ?? null, where)));
  if (!isObject(value)) throw notJson(where, typeof value);
  // By name, as cdk8s does: the objects of another realm, such as a test's, are plain too.
  const type: { readonly name: string } = (Object.getPrototypeOf(value) ?? Object.prototype).constructor;
  if (type.name !== 'Object') throw notJson(where, type.name);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined && member !== null) copy[key] = frozen(member, where);
  }
  return Object.freeze(copy);
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
