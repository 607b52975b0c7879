import { readFile } from 'node:fs/promises';
import { Mistake } from '@groundwork/contract';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const Plan = Type.Object({
  address: Type.String({ minLength: 1 }),
  serverName: Type.String({ minLength: 1 }),
  namespace: Type.String({ minLength: 1 }),
  authMethod: Type.String({ minLength: 1 }),
  services: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), reads: Type.Array(Type.String()) })),
});

/** What Consul is to agree with; constructs/consul/desired-state.ts writes it. */
export type Plan = Static<typeof Plan>;

/** @throws Mistake for a file that isn't a plan */
export async function readPlan(path: string): Promise<Plan> {
  const plan: unknown = JSON.parse(await readFile(path, 'utf8'));
  const [fault] = Compile(Plan).Errors(plan);
  if (fault === undefined) return plan as Plan;
  throw new Mistake(path, `${fault.instancePath} ${fault.message}`, 'write it as constructs/consul/rights.ts does');
}
