import { type Static, Type } from 'typebox';

const topic = Type.Object({
  name: Type.String({ minLength: 1 }),
  partitions: Type.Integer({ minimum: 1 }),
  replicas: Type.Integer({ minimum: 1 }),
  settings: Type.Record(Type.String(), Type.String(), { description: "by Kafka's own names" }),
});

const right = Type.Object({
  user: Type.String({ minLength: 1, description: 'common name of a certificate' }),
  on: Type.Union([Type.Literal('topic'), Type.Literal('group')]),
  name: Type.String({ minLength: 1 }),
  operation: Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('describe')]),
});

/** Topics, rights and quotas of a Kafka cluster, as JSON between the construct `Kafka` and the provisioner. */
export const kafkaDesiredState = Type.Object({
  brokers: Type.Array(Type.String({ pattern: '^[^:\\s]+:\\d+$' }), {
    minItems: 1,
    description: 'asked first, `host:port`',
  }),
  topics: Type.Array(topic),
  rights: Type.Array(right, { description: 'every right that is not listed is removed' }),
  quotas: Type.Object(
    {
      produce: Type.Optional(Type.Integer({ minimum: 1 })),
      consume: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    { description: 'bytes a second at each broker, of every user that is no super user' },
  ),
});

/** What a Kafka cluster must agree with. */
export type KafkaDesiredState = Static<typeof kafkaDesiredState>;
/** A topic as the cluster must have it. */
export type DesiredTopic = Static<typeof topic>;
/** A right of one certificate. */
export type DesiredRight = Static<typeof right>;
