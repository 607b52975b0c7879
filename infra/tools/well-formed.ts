import { ConfigurationError, textAt } from '@groundwork/contract';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Parses third-party JSON and checks it against a schema; it may have additional fields.
 * @param where file or tool that it comes from
 * @throws ConfigurationError with the first field that does not match
 */
export function wellFormed<T extends TSchema>(where: string, schema: T, text: string, fix: string): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError({
      code: 'file-invalid',
      where,
      problem: `it must be JSON: ${textAt(error, 'message')}`,
      fix,
    });
  }
  const checked = compiled(schema);
  if (checked.Check(value)) return value as Static<T>;
  const [fault] = checked.Errors(value);
  throw new ConfigurationError({
    code: 'file-invalid',
    where,
    problem: `it does not match the expected schema: ${fault?.instancePath || 'the whole'} ${fault?.message ?? ''}`,
    fix,
  });
}

/** Compiled once per schema: there are tens of thousands of advisories. */
const validators = new WeakMap<TSchema, ReturnType<typeof Compile>>();

function compiled(schema: TSchema): ReturnType<typeof Compile> {
  const known = validators.get(schema) ?? Compile(schema);
  validators.set(schema, known);
  return known;
}
