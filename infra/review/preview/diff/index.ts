import { isDeepStrictEqual } from 'node:util';
import { policyTypesOf } from '../../../../constructs/kubernetes/read.ts';
import { type Change, compareLists, isObject, type Pair } from './lists.ts';
import { quantity } from './quantity.ts';
import { type FieldSchema, fieldOf, LITERAL, schemaOf } from './schema.ts';

export { type Change, isObject } from './lists.ts';
export { decimal, ONE, quantity } from './quantity.ts';

/**
 * Differences between two versions of an object as the API server sees them: by the schema of its kind, which says what
 * identifies the items of a list, whether their order counts, and which fields are quantities. Values of any other kind
 * are literal, and their lists are ordered.
 */
export function diff(before: unknown, after: unknown): Change[] {
  const { apiVersion, kind } = isObject(after) ? after : {};
  const schema = schemaOf(String(apiVersion), String(kind));
  return compare({ path: [], before, after, schema, isWhole: false });
}

/** A path as text, such as `spec.containers[users].image`. */
export function pathText(path: readonly string[]): string {
  return path.map((step, index) => (step.startsWith('[') || index === 0 ? step : `.${step}`)).join('');
}

/** What a pod consists of: another order of its containers or variables makes other pods. */
const POD = 'core.v1.PodSpec';
const POLICY = 'networking.v1.NetworkPolicySpec';
const SECRET = 'core.v1.Secret';

/** Differences between two values. */
function compare({ path, schema, isWhole, ...values }: Pair): Change[] {
  const [before, after] = [known(values.before, schema), known(values.after, schema)];
  if (before === after || isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after))
    return compareLists({ path, before, after, schema, isWhole }, compare);
  if (isObject(before) && isObject(after)) {
    const isPod = schema.is === 'object' && schema.type === POD;
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((field) =>
      compare({
        path: [...path, field],
        before: before[field],
        after: after[field],
        schema: schemaIn(schema, field),
        isWhole: isWhole || isPod,
      }),
    );
  }
  return [{ path, before: values.before ?? undefined, after: values.after ?? undefined }];
}

function schemaIn(schema: FieldSchema, field: string): FieldSchema {
  if (schema.is === 'object') return fieldOf(schema.type, field);
  return schema.is === 'map' ? schema.values : LITERAL;
}

/** A value as the API server knows it: quantities as numbers, defaults in place, and undefined for what it drops. */
function known(value: unknown, schema: FieldSchema): unknown {
  if (schema.is === 'quantity') return quantity(value) ?? value ?? undefined;
  if (schema.is === 'literal') return value ?? schema.fallback;
  if (schema.is === 'object') {
    const object = value ?? (schema.isOptional ? undefined : {});
    if (schema.type === POLICY && isObject(object)) return { ...object, policyTypes: policyTypesOf(object) };
    return schema.type === SECRET && isObject(object) ? withoutStringData(object) : object;
  }
  const isEmpty =
    schema.is === 'list'
      ? Array.isArray(value) && value.length === 0
      : isObject(value) && Object.keys(value).length === 0;
  return isEmpty ? undefined : (value ?? undefined);
}

/** A Secret as the API server stores it: `stringData` is only another way to write `data`. */
function withoutStringData({ stringData, ...rest }: Readonly<Record<string, unknown>>): object {
  return isObject(stringData) ? { ...rest, data: { ...(isObject(rest.data) ? rest.data : {}), ...stringData } } : rest;
}

/** JSON with sorted keys: the same text for the same content. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
