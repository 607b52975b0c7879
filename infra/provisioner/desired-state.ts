import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** @throws ConfigurationError if the file does not match the schema */
export async function readDesiredState<T extends TSchema>(schema: T, file: string): Promise<Static<T>> {
  const desiredState: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (Value.Check(schema, desiredState)) return desiredState;
  const [error] = Value.Errors(schema, desiredState);
  throw new ConfigurationError({
    code: 'desired-state-invalid',
    where: `desired state ${file}`,
    problem: `${error?.instancePath || '/'} ${error?.message}`,
    fix: 'use a construct and a provisioner of the same version',
  });
}
