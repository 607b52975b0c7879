import type { TSchema } from 'typebox';

/** A copy of a schema in which `change` has edited each schema in it, at any depth; `properties` contains field names, not keywords. */
export function rewrite(schema: TSchema, change: (copy: Record<string, unknown>) => void): TSchema {
  const copyOf = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(copyOf);
    if (typeof part !== 'object' || part === null) return part;
    const copy = Object.create(Object.getPrototypeOf(part), Object.getOwnPropertyDescriptors(part));
    for (const [keyword, value] of Object.entries(part)) {
      if (keyword === 'properties')
        copy[keyword] = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyOf(field)]));
      else if (!['const', 'enum', 'default', 'examples'].includes(keyword)) copy[keyword] = copyOf(value);
    }
    change(copy);
    return copy;
  };
  return copyOf(schema) as TSchema;
}

/**
 * The schema with integers limited to those that a number holds exactly: JSON's parser rounds larger ones, and
 * 9007199254740993 would arrive as another number.
 */
export function withSafeIntegers(schema: TSchema): TSchema {
  return rewrite(schema, (copy) => {
    if (copy.type !== 'integer') return;
    copy.minimum = Math.max(Number(copy.minimum ?? Number.MIN_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
    copy.maximum = Math.min(Number(copy.maximum ?? Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  });
}
