import { synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { environments } from '../stacks/environments/index.ts';
import { shop } from '../stacks/shop.ts';
import { kubeconform } from './support/kubeconform.ts';
import { fixedImages } from './support/system.ts';

const MINUTES = 60_000;

/** Any part of any operator's spec: what is spoilt in it is up to each sample. */
// biome-ignore lint/suspicious/noExplicitAny: the kinds have no type in common
type Spec = Record<string, any>;

describe('kubeconform -strict', () => {
  test.each(Object.values(environments))(
    'takes every object of $name',
    async (environment) => {
      const manifests = synthesize(shop(environment, fixedImages)).objects.map(({ manifest }) => manifest);
      const verdicts = await kubeconform(manifests);
      expect(verdicts.filter(({ status }) => status !== 'statusValid')).toEqual([]);
      expect(verdicts).toHaveLength(manifests.length);
    },
    5 * MINUTES, // the first run builds it
  );

  test.each([
    ['a field that Kubernetes lacks', { spec: { replica: 1, selector: {}, template: {} } }],
    ['text where a number belongs', { spec: { replicas: 'one', selector: {}, template: {} } }],
    ['a missing field', { spec: { replicas: 1 } }],
  ])(
    'refuses %s, so its yes means something',
    async (_, fault) => {
      const [verdict] = await kubeconform([
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, ...fault },
      ]);
      expect(verdict?.status).toBe('statusInvalid');
    },
    5 * MINUTES,
  );

  test.each([
    ["a field that cert-manager's Certificate lacks", { rotation: 'Always' }],
    ['a key of a kind that it does not make', { privateKey: { algorithm: 'DSA' } }],
    ['a certificate that nobody issues', { issuerRef: undefined }],
  ])(
    'refuses %s, by the definition in its Go module',
    async (_, fault) => {
      const spec = { secretName: 'x', issuerRef: { name: 'x' } };
      const made = (more: object) => ({
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: 'x' },
        spec: { ...spec, ...more },
      });
      expect((await kubeconform([made({}), made(fault)])).map(({ status }) => status).sort()).toEqual([
        'statusInvalid',
        'statusValid',
      ]);
    },
    5 * MINUTES,
  );

  const operated = synthesize(shop(environments.production, fixedImages)).objects.map(({ manifest }) => manifest);
  test.each<[string, string, (spec: Spec) => void]>([
    [
      'a listener of a kind that Strimzi lacks',
      'Kafka',
      ({ kafka }) => Object.assign(kafka.listeners[0], { type: 'tunnel' }),
    ],
    ['a field that Kafka lacks', 'Kafka', ({ kafka }) => Object.assign(kafka, { listener: {} })],
    ['a role that no node has', 'KafkaNodePool', (spec) => Object.assign(spec, { roles: ['zookeeper'] })],
    ['a topic without copies', 'KafkaTopic', (spec) => Object.assign(spec, { replicas: 0 })],
    [
      'a right to do what Kafka doesn’t know',
      'KafkaUser',
      ({ authorization }) => Object.assign(authorization.acls[0], { operations: ['Append'] }),
    ],
    ['instances in words', 'Cluster', (spec) => Object.assign(spec, { instances: 'three' })],
    ['a field that the Cluster lacks', 'Cluster', (spec) => Object.assign(spec, { replicas: 3 })],
    [
      'a pooler that shares what it can’t',
      'Pooler',
      ({ pgbouncer }) => Object.assign(pgbouncer, { poolMode: 'statement' }),
    ],
    ['a backup of nothing', 'ScheduledBackup', (spec) => Object.assign(spec, { cluster: {} })],
    [
      'a compression that the store lacks',
      'ObjectStore',
      ({ configuration }) => Object.assign(configuration.wal, { compression: 'rar' }),
    ],
  ])(
    "refuses %s, by the operator's own definition: %s",
    async (_, kind, spoil) => {
      const made = operated.find((one) => one.kind === kind);
      const spoilt = structuredClone(made) as unknown as { spec: Spec };
      spoil(spoilt.spec);
      expect((await kubeconform([made, spoilt])).map(({ status }) => status).sort()).toEqual([
        'statusInvalid',
        'statusValid',
      ]);
    },
    5 * MINUTES,
  );
});
