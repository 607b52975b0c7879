import { ConfigurationError } from '@groundwork/contract';
import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { recordOrigin } from './origin.ts';

/** One change of an object (RFC 6902): `path` is a JSON pointer, such as `/spec/template/spec/priorityClassName`. */
export type Patch =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The escape hatch: changes one object of a construct where no prop exists. The change is recorded in the origin of the
 * object, and the result passes the same checks as every other object.
 * @param target the object as `Kind/name`, such as `Deployment/users`
 * @throws ConfigurationError if the construct has no such object, or a path does not exist in it
 * @example patch(users, 'Deployment/users', { op: 'add', path: '/spec/template/spec/priorityClassName', value: 'high' });
 */
export function patch(construct: Construct, target: string, ...changes: readonly Patch[]): void {
  const objects = construct.node.findAll().filter((child) => ApiObject.isApiObject(child));
  const found = objects.find(({ kind, name }) => `${kind}/${name}` === target);
  if (found === undefined) {
    const known = objects.map(({ kind, name }) => `${kind}/${name}`).join(', ');
    throw new ConfigurationError({
      code: 'patch-target-missing',
      where: construct,
      problem: `the construct has no ${target}`,
      fix: `use one of: ${known || '(it has no objects)'}`,
    });
  }
  for (const change of changes) {
    requirePath(`${construct.node.path} › patch of ${target}`, found.toJson(), change);
    found.addJsonPatch(toJsonPatch(change));
    recordOrigin(found, `patched: ${change.op} ${change.path}`);
  }
}

function toJsonPatch(change: Patch): JsonPatch {
  if (change.op === 'remove') return JsonPatch.remove(change.path);
  return change.op === 'add' ? JsonPatch.add(change.path, change.value) : JsonPatch.replace(change.path, change.value);
}

/** For `add`, the parent must exist; for `replace` and `remove`, the value itself. */
function requirePath(where: string, manifest: unknown, { op, path }: Patch): void {
  if (!path.startsWith('/'))
    throw new ConfigurationError({
      code: 'patch-path-invalid',
      where,
      problem: `path must be a JSON pointer, got '${path}'`,
      fix: "begin with '/', such as '/spec/replicas'",
    });
  const keys = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = manifest;
  for (const [index, key] of keys.entries()) {
    const container = typeof at === 'object' && at !== null ? (at as Record<string, unknown>) : undefined;
    const last = index === keys.length - 1;
    if (container !== undefined && last && op === 'add') return;
    if (container === undefined || !Object.hasOwn(container, key)) {
      const reached = `/${keys.slice(0, index).join('/')}`;
      const has =
        container === undefined ? 'is not an object or list' : `has ${Object.keys(container).join(', ') || 'nothing'}`;
      throw new ConfigurationError({
        code: 'patch-path-missing',
        where,
        problem: `path ${path} does not exist: ${reached} ${has}`,
        fix: op === 'add' ? 'add its parent first' : "correct the path, or use 'add'",
      });
    }
    at = container[key];
  }
}
