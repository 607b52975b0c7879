import { isDeepStrictEqual } from 'node:util';
import { type FieldSchema, fieldOf } from './schema.ts';

/** One field that differs, such as `spec.template.spec.containers[users].image`. */
export interface Change {
  /** Steps from the object's root; a list item is its key in brackets. */
  readonly path: readonly string[];
  /** Undefined if the field was absent. */
  readonly before: unknown;
  /** Undefined if the field is removed. */
  readonly after: unknown;
}

/** Two values of a field. */
export interface Pair<T = unknown> {
  readonly path: readonly string[];
  readonly before: T;
  readonly after: T;
  readonly schema: FieldSchema;
  /** Whether a controller compares the value as a whole, so that the order of any list counts. */
  readonly isWhole: boolean;
}

type Compare = (pair: Pair) => Change[];
type Lists = Pair<readonly unknown[]>;
type ListSchema = Extract<FieldSchema, { is: 'list' }>;

const ORDERED: ListSchema = { is: 'list', items: { is: 'literal' }, isSet: false };

/**
 * Differences between two lists: of items with the same keys, of items that only one of them has, and of the order where
 * it counts. A name identifies the items of any list, but only a schema says that their order doesn't count.
 */
export function compareLists(lists: Lists, compare: Compare): Change[] {
  const schema = lists.schema.is === 'list' ? lists.schema : ORDERED;
  const keys = [schema.keys, ['name']].find(
    (fields) => fields !== undefined && [lists.before, lists.after].every((items) => identifies(fields, items, schema)),
  );
  const isOrdered = !schema.isSet && (lists.isWhole || keys === undefined || keys !== schema.keys);
  return keys === undefined
    ? compareItems(lists, schema, isOrdered, compare)
    : compareKeyed(lists, schema, keys, isOrdered, compare);
}

function compareKeyed(
  { path, before, after, isWhole }: Lists,
  schema: ListSchema,
  keys: readonly string[],
  isOrdered: boolean,
  compare: Compare,
): Change[] {
  const keyed = (list: readonly unknown[]) => new Map(list.map((item) => [keyOf(keys, item, schema), item]));
  const [was, is] = [keyed(before), keyed(after)];
  const changes = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key) =>
    compare({
      path: [...path, `[${key}]`],
      before: was.get(key),
      after: is.get(key),
      schema: schema.items,
      isWhole,
    }),
  );
  const kept = (names: Iterable<string>) => [...names].filter((name) => was.has(name) && is.has(name));
  const isMoved = isOrdered && !isDeepStrictEqual(kept(was.keys()), kept(is.keys()));
  return isMoved ? [...changes, { path, before: [...was.keys()], after: [...is.keys()] }] : changes;
}

/** Items without keys are the same if they are equal; one that replaces another in its place is a changed item. */
function compareItems(
  { path, before, after, isWhole }: Lists,
  { items: schema }: ListSchema,
  isOrdered: boolean,
  compare: Compare,
): Change[] {
  const left = new Map(after.entries());
  const places: number[] = [];
  const gone = [...before.entries()].filter(([, item]) => {
    const same = [...left].find(
      ([, other]) => compare({ path, before: item, after: other, schema, isWhole }).length === 0,
    );
    if (same === undefined) return true;
    left.delete(same[0]);
    places.push(same[0]);
    return false;
  });
  if (isOrdered && places.some((place, index) => place < (places[index - 1] ?? 0))) return [{ path, before, after }];
  const [[from, was] = [], [to, is] = []] = [gone[0], [...left][0]];
  const areObjects = isObject(was) && isObject(is);
  const isReplaced = gone.length === 1 && left.size === 1 && (from === to || areObjects);
  if (isReplaced) {
    const place = areObjects ? '[*]' : `[${from}]`;
    return compare({ path: [...path, place], before: was, after: is, schema, isWhole });
  }
  return [
    ...gone.map(([, item]) => ({ path: [...path, '[-]'], before: item, after: undefined })),
    ...[...left.values()].map((item) => ({ path: [...path, '[+]'], before: undefined, after: item })),
  ];
}

/** Whether each item has these fields, and another value of them than the others. */
function identifies(fields: readonly string[], items: readonly unknown[], schema: ListSchema): boolean {
  const [first = ''] = fields;
  return (
    items.every((item) => isObject(item) && ['string', 'number'].includes(typeof item[first])) &&
    new Set(items.map((item) => keyOf(fields, item, schema))).size === items.length
  );
}

function keyOf(fields: readonly string[], item: unknown, { items }: ListSchema): string {
  const part = (field: string): unknown => {
    const schema = items.is === 'object' ? fieldOf(items.type, field) : items;
    return (isObject(item) ? item[field] : undefined) ?? (schema.is === 'literal' ? schema.fallback : undefined);
  };
  return fields
    .map(part)
    .filter((part) => part !== undefined)
    .join('/');
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
