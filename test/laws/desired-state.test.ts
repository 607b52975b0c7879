import { synthesize } from '@groundwork/constructs';
import { cassandraDesiredState, consulDesiredState, kafkaDesiredState } from '@groundwork/contract/desired-state';
import { expect, test } from '@jest/globals';
import { Value } from 'typebox/value';
import { namedImages } from '../../infra/cli/program.ts';
import { type Environment, environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';

const schemas = {
  'cassandra-provisioner': cassandraDesiredState,
  'consul-provisioner': consulDesiredState,
  'kafka-provisioner': kafkaDesiredState,
};

test.each(Object.values(environments) as Environment[])(
  'law: what constructs write for the provisioner in $name is what it reads',
  (environment) => {
    const written = synthesize(shop(environment, namedImages)).objects.flatMap(
      ({ manifest: { kind, metadata, data } }) => {
        const schema = schemas[metadata.name as keyof typeof schemas];
        return kind === 'ConfigMap' && schema !== undefined ? [{ schema, text: Object.values(data as object)[0] }] : [];
      },
    );
    expect(written.length).toBeGreaterThan(0);
    for (const { schema, text } of written) expect([...Value.Errors(schema, JSON.parse(text))]).toEqual([]);
  },
);
