import { ConfigurationError } from '@groundwork/contract';
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { recordOrigin } from './origin.ts';

/**
 * One change of an object. `path` is a JSON pointer, such as `/spec/template/spec/priorityClassName`, in which `{name}`
 * stands for the item of a list that has this name: `/spec/template/spec/containers/{users}/image`. `add`, `replace` and
 * `remove` are those of RFC 6902. `merge` changes the members that its value has, at any depth, and keeps all others, such
 * as labels; the last part of its path may be missing.
 */
export type Patch =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'merge'; readonly path: string; readonly value: Readonly<Record<string, unknown>> };

/**
 * The escape hatch: changes one object of a construct where no prop exists. The change is recorded in the origin of the
 * object, and the result passes the same checks as every other object.
 * @param target the object as `Kind/name` or `Kind/namespace/name`, such as `Deployment/users`; both forms accept
 * `Kind.group`, such as `Deployment.apps`, and the name of a provisioning Job is without its checksum
 * @throws ConfigurationError if the construct does not have exactly one such object, a path does not exist in it, or a
 * change has no effect
 * @example patch(users, 'Deployment/users', { op: 'add', path: '/spec/template/spec/priorityClassName', value: 'high' });
 * @example patch(users, 'Service/users', { op: 'merge', path: '/metadata/annotations', value: { team: 'accounts' } });
 */
export function patch(construct: Construct, target: string, ...changes: readonly Patch[]): void {
  const object = targetOf(construct, target);
  const where = `${construct.node.path} › patch of ${target}`;
  for (const change of changes) {
    const before = object.toJson();
    object.addJsonPatch(...operations(where, before, change));
    if (JSON.stringify(object.toJson()) === JSON.stringify(before))
      throw new ConfigurationError({
        code: 'patch-without-effect',
        where,
        problem: `${change.op} ${change.path} changes nothing`,
        fix: 'remove it, or correct its path or value',
      });
    recordOrigin(object, `patched: ${change.op} ${change.path}`);
  }
}

function targetOf(construct: Construct, target: string): ApiObject {
  const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
  const found = objects.filter(({ kind, apiGroup, name, metadata: { namespace } }) =>
    [kind, `${kind}.${apiGroup}`].some((type) => [`${type}/${name}`, `${type}/${namespace}/${name}`].includes(target)),
  );
  const [object, ...others] = found;
  if (object !== undefined && others.length === 0) return object;
  const list = (some: readonly ApiObject[]) =>
    some.map(({ kind, name, metadata: { namespace } }) => [kind, namespace, name].filter(Boolean).join('/')).join(', ');
  if (object === undefined)
    throw new ConfigurationError({
      code: 'patch-target-missing',
      where: construct,
      problem: `the construct has no ${target}`,
      fix: `use one of: ${list(objects) || '(it has no objects)'}`,
    });
  throw new ConfigurationError({
    code: 'patch-target-ambiguous',
    where: construct,
    problem: `the construct has several ${target}`,
    fix: `use one of: ${list(found)}`,
  });
}

/** The change as operations of RFC 6902. Each name in its path is tested again when the object is rendered. */
function operations(where: string, manifest: unknown, change: Patch): JsonPatch[] {
  if (!change.path.startsWith('/'))
    throw new ConfigurationError({
      code: 'patch-path-invalid',
      where,
      problem: `path must be a JSON pointer, got '${change.path}'`,
      fix: "begin with '/', such as '/spec/replicas'",
    });
  const { path, parent, key, tests } = resolvePath(where, manifest, change);
  const exists = Object.hasOwn(parent, key);
  if (change.op === 'remove') return [...tests, JsonPatch.remove(path)];
  if (change.op === 'replace') return [...tests, JsonPatch.replace(path, change.value)];
  if (change.op === 'add' || !exists) return [...tests, JsonPatch.add(path, change.value)];
  return [...tests, ...merges(path, parent[key], change.value)];
}

/** Adds each member by itself, so that what the object gets later beside them is kept. */
function merges(path: string, target: unknown, value: unknown): JsonPatch[] {
  if (!isObject(target) || !isObject(value)) return [JsonPatch.add(path, value)];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = `${path}/${escaped(key)}`;
    return Object.hasOwn(target, key) ? merges(at, target[key], member) : [JsonPatch.add(at, member)];
  });
}

interface Resolved {
  readonly path: string;
  readonly parent: Record<string, unknown>;
  readonly key: string;
  readonly tests: readonly JsonPatch[];
}

/** For `add` and `merge`, the parent must exist; for `replace` and `remove`, the value itself. */
function resolvePath(where: string, manifest: unknown, { op, path }: Patch): Resolved {
  const steps = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const tests: JsonPatch[] = [];
  let at = manifest;
  let reached = '';
  for (const [index, step] of steps.entries()) {
    const parent = isObject(at) || Array.isArray(at) ? (at as Record<string, unknown>) : undefined;
    const key = Array.isArray(at) ? keyOf(at, step) : step;
    const last = index === steps.length - 1;
    const mayBeMissing = last && (op === 'add' || (op === 'merge' && !Array.isArray(at)));
    const fits = !Array.isArray(at) || key === '-' || key === `${at.length}`;
    const exists = parent !== undefined && Object.hasOwn(parent, key) && !(Array.isArray(at) && key === 'length');
    if (parent === undefined || !(exists || (mayBeMissing && fits)))
      throw new ConfigurationError({
        code: 'patch-path-missing',
        where,
        problem: `path ${path} does not exist: ${reached || '/'} ${contentOf(at)}`,
        fix: last && op !== 'add' ? "correct the path, or use 'add'" : 'correct the path, or add its parent first',
      });
    if (key !== step) tests.push(JsonPatch.test(`${reached}/${key}/name`, step.slice(1, -1)));
    reached = `${reached}/${escaped(key)}`;
    if (last) return { path: reached, parent, key, tests };
    at = parent[key];
  }
  throw new Error('a path has at least one step');
}

/** The index of the item that `{name}` stands for. */
function keyOf(list: readonly unknown[], step: string): string {
  const name = /^\{(.*)\}$/.exec(step)?.[1];
  const index = list.findIndex((item) => isObject(item) && item.name === name);
  return name === undefined || index < 0 ? step : `${index}`;
}

function contentOf(value: unknown): string {
  if (Array.isArray(value)) {
    const names = value.map((item, index) => (isObject(item) && item.name !== undefined ? `{${item.name}}` : index));
    return `is a list of ${value.length}: use ${[...names, "'-' to append"].join(', ')}`;
  }
  return isObject(value) ? `has ${Object.keys(value).join(', ') || 'nothing'}` : 'is not an object or list';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
