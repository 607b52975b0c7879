import { isDeepStrictEqual } from 'node:util';
import { identityOf, isObject } from './lists.ts';
import { quantity } from './quantity.ts';

export { isObject } from './lists.ts';
export { quantity } from './quantity.ts';

/** One field that differs, such as `spec.template.spec.containers[users].image`. */
export interface Change {
  /** Steps from the object's root; a list item is its key in brackets. */
  readonly path: readonly string[];
  /** Undefined if the field was absent. */
  readonly before: unknown;
  /** Undefined if the field is removed. */
  readonly after: unknown;
}

/**
 * Semantic differences between two versions of an object: list items are matched by their keys, quantities are compared
 * as numbers, and order counts only where it matters to Kubernetes.
 */
export function diff(before: unknown, after: unknown): Change[] {
  const changes: Change[] = [];
  compare([], before, after, changes);
  return changes;
}

/** A path as text, such as `spec.containers[users].image`. */
export function pathText(path: readonly string[]): string {
  return path.map((step, index) => (step.startsWith('[') || index === 0 ? step : `.${step}`)).join('');
}

function compare(path: readonly string[], before: unknown, after: unknown, changes: Change[]): void {
  if (before === after || isDeepStrictEqual(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const field of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort())
      compare([...path, field], before[field], after[field], changes);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(path, before, after, changes);
  } else if (!sameQuantity(path, before, after) && !(isEmpty(before) && isEmpty(after))) {
    changes.push({ path, before, after });
  }
}

function compareLists(
  path: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
  changes: Change[],
): void {
  const identity = identityOf(path.at(-1) ?? '', before, after);
  if (identity.by === 'fields') {
    compareKeyed(path, before, after, identity.keyOf, changes);
    return;
  }
  if (identity.by === 'place') {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      compare([...path, `[${index}]`], before[index], after[index], changes);
    return;
  }
  const texts = (items: readonly unknown[]) => new Map(items.map((item) => [canonical(item), item]));
  const [was, is] = [texts(before), texts(after)];
  const gone = [...was].filter(([text]) => !is.has(text)).map(([, item]) => item);
  const come = [...is].filter(([text]) => !was.has(text)).map(([, item]) => item);
  // One removed and one added item are a changed item.
  if (gone.length === 1 && come.length === 1 && isObject(gone[0]) && isObject(come[0])) {
    compare([...path, '[*]'], gone[0], come[0], changes);
    return;
  }
  for (const item of gone) changes.push({ path: [...path, '[-]'], before: item, after: undefined });
  for (const item of come) changes.push({ path: [...path, '[+]'], before: undefined, after: item });
}

function compareKeyed(
  path: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
  keyOf: (item: unknown) => string,
  changes: Change[],
): void {
  const keyed = (items: readonly unknown[]) => new Map(items.map((item) => [keyOf(item), item]));
  const [was, is] = [keyed(before), keyed(after)];
  for (const key of [...new Set([...was.keys(), ...is.keys()])].sort())
    compare([...path, `[${key}]`], was.get(key), is.get(key), changes);
}

/** Fields with quantities, where `1000m` equals `1`. */
const QUANTITIES = new Set(['requests', 'limits', 'hard', 'default', 'defaultRequest', 'max', 'min', 'capacity']);

function sameQuantity(path: readonly string[], before: unknown, after: unknown): boolean {
  if (!QUANTITIES.has(path.at(-2) ?? '') && path.at(-1) !== 'sizeLimit') return false;
  const [a, b] = [quantity(before), quantity(after)];
  return a !== undefined && a === b;
}

/** The API server drops empty maps and lists, so adding one changes nothing. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}

/** JSON with sorted keys: the same text for the same content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
