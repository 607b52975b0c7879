import type { TSchema } from 'typebox';
import { listAt, valueAt } from './json.ts';

/** Examples of formats, for fields without `examples`. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000001',
  email: 'ada@example.org',
  'date-time': '2026-01-31T12:00:00.000Z',
};

/**
 * An example of a schema: the first of its `examples`, else its default or only value, else one that is composed of the
 * examples of its parts. An optional field is part of it only if it has `examples`.
 * @returns undefined if the schema does not say enough, such as text without `examples`
 */
export function exampleOf(schema: TSchema): unknown {
  const only = [...listAt(schema, 'examples'), valueAt(schema, 'default'), valueAt(schema, 'const')];
  const known = [...only, ...listAt(schema, 'enum')].find((value) => value !== undefined);
  if (known !== undefined) return known;
  const parts = listAt(schema, 'anyOf') as TSchema[];
  if (parts.length > 0) return parts.map(exampleOf).find((value) => value !== undefined);
  switch (valueAt(schema, 'type')) {
    case 'object':
      return objectExample(schema);
    case 'array': {
      const item = exampleOf((valueAt(schema, 'items') ?? {}) as TSchema);
      return item === undefined ? undefined : [item];
    }
    case 'string':
      return FORMATS[`${valueAt(schema, 'format')}`];
    case 'integer':
    case 'number':
      return valueAt(schema, 'minimum');
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return undefined;
  }
}

function objectExample(schema: TSchema): object | undefined {
  const required = listAt(schema, 'required');
  const fields = Object.entries(Object(valueAt(schema, 'properties')) as Record<string, TSchema>).flatMap(
    ([name, field]) =>
      required.includes(name) || listAt(field, 'examples').length > 0 ? [[name, exampleOf(field)]] : [],
  );
  return fields.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(fields);
}
