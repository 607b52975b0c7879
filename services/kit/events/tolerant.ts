import type { TSchema } from 'typebox';

/**
 * A publisher's schema for a consumer: unknown fields are allowed, so that a publisher may add fields without breaking
 * its consumers.
 */
export function tolerant(schema: TSchema): TSchema {
  return opened(schema) as TSchema;
}

/** Removes `additionalProperties: false` at any depth; `properties` contains field names, not keywords. */
function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: object = Object.create(Object.getPrototypeOf(schema), Object.getOwnPropertyDescriptors(schema));
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'additionalProperties' && value === false) Reflect.deleteProperty(copy, keyword);
    else if (keyword === 'properties')
      Object.assign(copy, {
        properties: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, opened(field)])),
      });
    else if (!['const', 'enum', 'default', 'examples'].includes(keyword))
      Object.assign(copy, { [keyword]: opened(value) });
  }
  return copy;
}
