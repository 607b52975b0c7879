import type { TSchema } from 'typebox';
import { rewrite } from '../schema/rewrite.ts';

/**
 * A publisher's schema for a consumer: unknown fields are allowed, so that a publisher may add fields without breaking
 * its consumers.
 */
export function tolerant(schema: TSchema): TSchema {
  return rewrite(schema, (copy) => {
    if (copy.additionalProperties === false) Reflect.deleteProperty(copy, 'additionalProperties');
  });
}
