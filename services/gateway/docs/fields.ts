import { listAt, textAt, valueAt } from '@groundwork/contract';

/** One value of a schema. */
export interface Field {
  /** Place of the value, such as `lines[].quantity`; empty for the whole. */
  readonly name: string;
  readonly required: boolean;
  /** Such as `integer, 1 to 100`. */
  readonly type: string;
  /** @default empty */
  readonly description: string;
}

/** All values of a schema, each before those in it. */
export function fieldsOf(schema: unknown, name = '', required = true): Field[] {
  const own = name === '' && valueAt(schema, 'type') === 'object' ? [] : [describe(schema, name, required)];
  const all = listAt(schema, 'required');
  const prefix = name === '' ? '' : `${name}.`;
  const properties = Object.entries(Object(valueAt(schema, 'properties')) as Record<string, unknown>);
  const items = valueAt(schema, 'items');
  return [
    ...own,
    ...properties.flatMap(([key, field]) => fieldsOf(field, `${prefix}${key}`, all.includes(key))),
    ...(valueAt(items, 'type') === 'object' ? fieldsOf(items, `${name}[]`).slice(1) : []),
  ];
}

function describe(schema: unknown, name: string, required: boolean): Field {
  return { name, required, type: typeOf(schema), description: textAt(schema, 'description') ?? '' };
}

function typeOf(schema: unknown): string {
  const parts = listAt(schema, 'anyOf');
  if (parts.length > 0) return parts.map(typeOf).join(' or ');
  const only = valueAt(schema, 'const');
  if (only !== undefined) return JSON.stringify(only);
  const items = valueAt(schema, 'items');
  const type = [textAt(schema, 'format') ?? `${valueAt(schema, 'type') ?? 'any value'}`];
  if (items !== undefined) type.push(`of ${typeOf(items)}`);
  return [type.join(' '), ...limits(schema)].join(', ');
}

function limits(schema: unknown): string[] {
  const range = (least: string, most: string, unit: string) => {
    const [from, to] = [valueAt(schema, least), valueAt(schema, most)];
    // The largest integers are the limit of JSON numbers, not one of the operation.
    const low = from === undefined || from === Number.MIN_SAFE_INTEGER ? '' : `at least ${from}`;
    const high = to === undefined || to === Number.MAX_SAFE_INTEGER ? '' : `at most ${to}`;
    return [low, high].filter(Boolean).map((text) => `${text}${unit}`);
  };
  const pattern = textAt(schema, 'pattern');
  const standard = valueAt(schema, 'default');
  return [
    ...range('minimum', 'maximum', ''),
    ...range('minLength', 'maxLength', ' characters'),
    ...range('minItems', 'maxItems', ' items'),
    ...(pattern === undefined ? [] : [`pattern ${pattern}`]),
    ...(standard === undefined ? [] : [`default ${JSON.stringify(standard)}`]),
  ];
}
