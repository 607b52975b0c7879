import { accessSync, constants } from 'node:fs';
import { ConfigurationError } from '@groundwork/contract';
import { type Static, type TProperties, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { textReader } from '../schema/from-text.ts';

/** Environment variables by name; `process.env` is one. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Schema of a variable that names a file; the file must be readable when the service starts. */
export const File = (description: string) => Type.String({ minLength: 1, description, file: true });

/**
 * Reads a service's settings from the environment at start: converts them, fills in defaults, validates them. An empty
 * variable counts as unset.
 * @param variables schema by variable name; error texts contain its `description`
 * @throws ConfigurationError `variable-invalid` that lists every invalid variable, not only the first
 */
export function readConfig<const P extends TProperties>(
  variables: P,
  env: Env,
): Static<ReturnType<typeof Type.Object<P>>> {
  const schema = Compile(Type.Object(variables));
  const given = Object.fromEntries(Object.keys(variables).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const values = schema.Default(textReader(Type.Object(variables))(given)) as Record<string, unknown>;
  const faults = Object.entries(variables).flatMap(([name, variable]) => {
    const fault = faultOf(variable as Variable, values[name]);
    return fault === undefined ? [] : [`${name} ${fault}${about(variable as Variable)}`];
  });
  if (faults.length > 0) {
    throw new ConfigurationError({
      code: 'variable-invalid',
      where: 'environment of the service',
      problem: faults.join('\n'),
      fix: 'correct these variables, then start the service again',
    });
  }
  return values as Static<ReturnType<typeof Type.Object<P>>>;
}

interface Variable {
  readonly description?: string;
  readonly file?: boolean;
}

/** Never contains the value: it may be a secret in the wrong variable. */
function faultOf(variable: Variable, value: unknown): string | undefined {
  const schema = variable as Parameters<typeof Compile>[0];
  if (value === undefined) return Type.IsOptional(schema) ? undefined : 'is not set';
  const [error] = Compile(schema).Errors(value);
  if (error !== undefined) return error.message;
  if (variable.file)
    return readable(value as string) ? undefined : `names the file ${value}, which is missing or not readable`;
  return undefined;
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function about({ description }: Variable): string {
  return description === undefined ? '' : ` (${description})`;
}
