import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@groundwork/contract';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const Topic = Type.Object({
  name: Type.String({ minLength: 1 }),
  partitions: Type.Integer({ minimum: 1 }),
  replicas: Type.Integer({ minimum: 1 }),
  settings: Type.Record(Type.String(), Type.String(), { description: "by Kafka's own names" }),
});

const Right = Type.Object({
  user: Type.String({ minLength: 1, description: 'common name of a certificate' }),
  on: Type.Union([Type.Literal('topic'), Type.Literal('group')]),
  name: Type.String({ minLength: 1 }),
  operation: Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('describe')]),
});

const DesiredState = Type.Object({
  brokers: Type.Array(Type.String({ pattern: '^[^:\\s]+:\\d+$' }), { minItems: 1 }),
  topics: Type.Array(Topic),
  rights: Type.Array(Right),
  quotas: Type.Object({
    produce: Type.Optional(Type.Integer({ minimum: 1 })),
    consume: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
});

/** What a cluster must agree with, as the construct `Kafka` writes it. */
export type DesiredState = Static<typeof DesiredState>;
export type Topic = Static<typeof Topic>;
export type Right = Static<typeof Right>;

/** @throws ConfigurationError when the file holds no plan */
export async function readDesiredState(file: string): Promise<DesiredState> {
  const desiredState: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (Value.Check(DesiredState, desiredState)) return desiredState;
  const [error] = Value.Errors(DesiredState, desiredState);
  throw new ConfigurationError({
    code: 'desired-state-invalid',
    where: `plan ${file}`,
    problem: `${error?.instancePath || '/'} ${error?.message}`,
    fix: 'let the construct and the provisioner be of one version',
  });
}
