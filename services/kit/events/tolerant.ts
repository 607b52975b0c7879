import type { TSchema } from 'typebox';

/**
 * A reader's view of a publisher's schema: fields it doesn't know are no fault, so that a publisher may add some without
 * asking its readers first.
 */
export function tolerant(schema: TSchema): TSchema {
  return opened(schema) as TSchema;
}

/** Without `additionalProperties: false`, at any depth; `properties` holds names of fields, not keywords. */
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
