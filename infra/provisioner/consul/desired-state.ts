import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const DesiredState = Type.Object({
  address: Type.String({ minLength: 1 }),
  serverName: Type.String({ minLength: 1 }),
  namespace: Type.String({ minLength: 1 }),
  authMethod: Type.String({ minLength: 1 }),
  services: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), reads: Type.Array(Type.String()) })),
});

/** What Consul is to agree with; constructs/consul/desired-state.ts writes it. */
export type DesiredState = Static<typeof DesiredState>;

/** @throws ConfigurationError for a file that isn't a plan */
export async function readDesiredState(path: string): Promise<DesiredState> {
  const desiredState: unknown = JSON.parse(await readFile(path, 'utf8'));
  const [fault] = Compile(DesiredState).Errors(desiredState);
  if (fault === undefined) return desiredState as DesiredState;
  throw new ConfigurationError({
    code: 'desired-state-invalid',
    where: path,
    problem: `${fault.instancePath} ${fault.message}`,
    fix: 'write it as constructs/consul/rights.ts does',
  });
}
