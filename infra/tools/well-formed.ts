import { ConfigurationError } from '@groundwork/contract';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * JSON that others wrote, if it has the shape that is relied on; more than that may be in it.
 * @param where file or tool that it comes from
 * @throws ConfigurationError that names the first field that is otherwise
 */
export function wellFormed<T extends TSchema>(where: string, schema: T, text: string, fix: string): Static<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError({
      code: 'file-invalid',
      where,
      problem: `it is no JSON: ${(error as Error).message}`,
      fix,
    });
  }
  const checked = compiled(schema);
  if (checked.Check(value)) return value as Static<T>;
  const [fault] = checked.Errors(value);
  throw new ConfigurationError({
    code: 'file-invalid',
    where,
    problem: `it has another shape than is known here: ${fault?.instancePath || 'the whole'} ${fault?.message ?? ''}`,
    fix,
  });
}

/** Compiled once for each schema: advisories come in their ten thousands. */
const validators = new WeakMap<TSchema, ReturnType<typeof Compile>>();

function compiled(schema: TSchema): ReturnType<typeof Compile> {
  const known = validators.get(schema) ?? Compile(schema);
  validators.set(schema, known);
  return known;
}
