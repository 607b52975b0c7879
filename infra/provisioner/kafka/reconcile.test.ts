import type { ConfigurationError } from '@groundwork/contract';
import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Admin, ConfigResourceTypes, ConfigSources } from '@platformatic/kafka';
import { startKafka, type TestKafka } from '../../../test/support/kafka/index.ts';
import { createAuthority } from '../../../test/support/pki.ts';
import { until } from '../../../test/support/until.ts';
import { connect } from './client.ts';
import { reconcile } from './reconcile.ts';

let kafka: TestKafka;
let admin: Admin;
const provisioner = () => {
  const { KAFKA_BROKERS, IDENTITY_DIR } = kafka.env('provisioner') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  return connect([KAFKA_BROKERS], IDENTITY_DIR);
};

beforeAll(async () => {
  kafka = await startKafka(createAuthority(), {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'early.start.listeners': 'CONTROLLER',
    'super.users': 'User:kafka.test;User:admin.test;User:provisioner.test;User:ANONYMOUS',
    'ssl.principal.mapping.rules': 'RULE:^CN=([a-z0-9.-]+)$/$1/',
  });
  admin = provisioner();
}, 120_000);

afterAll(async () => {
  await admin?.close();
  await kafka?.remove();
});

const topic = (name: string, partitions: number, settings: Record<string, string> = {}) => ({
  name,
  partitions,
  replicas: 1,
  settings,
});
const desiredState = (rest: Partial<KafkaDesiredState>): KafkaDesiredState => ({
  brokers: ['unused:1'],
  topics: [],
  rights: [],
  quotas: {},
  ...rest,
});
const reconciled = async (wish: Partial<KafkaDesiredState>, as = admin): Promise<string[]> => {
  const said: string[] = [];
  await reconcile(as, desiredState(wish), (line) => said.push(line));
  return said;
};
const refusal = (wish: Partial<KafkaDesiredState>): Promise<ConfigurationError> =>
  reconciled(wish).then(
    () => Promise.reject(new Error('nothing was rejected')),
    (error) => error,
  );
const partitionsOf = async (name: string) =>
  (await admin.metadata({ topics: [name], forceUpdate: true })).topics.get(name)?.partitionsCount;

test('creates topics with their settings; the second run changes nothing', async () => {
  const topics = [topic('made.once', 2, { 'retention.ms': '7200000' })];
  expect(await reconciled({ topics })).toContain("topic 'made.once': created, 2 partitions, 1 replicas");
  expect(await reconciled({ topics })).toEqual([]);
  expect(await partitionsOf('made.once')).toBe(2);
});

test('two concurrent runs create one topic, and both succeed', async () => {
  const other = provisioner();
  try {
    const topics = [topic('made.once', 2, { 'retention.ms': '7200000' }), topic('made.twice', 3)];
    const rights = [{ user: 'orders.test', on: 'topic', name: 'made.twice', operation: 'write' } as const];
    await Promise.all([reconciled({ topics, rights }), reconciled({ topics, rights }, other)]);
    expect(await reconciled({ topics, rights })).toEqual([]);
  } finally {
    await other.close();
  }
});

test('adds partitions, corrects settings, and removes those set by hand', async () => {
  await reconciled({ topics: [topic('grown.up', 1, { 'retention.ms': '7200000', 'max.message.bytes': '2000' })] });
  expect(await reconciled({ topics: [topic('grown.up', 4, { 'retention.ms': '3600000' })] })).toEqual(
    expect.arrayContaining([
      expect.stringContaining('grown from 1 to 4 partitions'),
      "topic 'grown.up': retention.ms 7200000 → 3600000, max.message.bytes → (default)",
    ]),
  );
  expect(await partitionsOf('grown.up')).toBe(4);
  const own = async () => {
    const [found] = await admin.describeConfigs({
      resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: 'grown.up' }],
    });
    return found?.configs
      .filter(({ configSource }) => configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG)
      .map(({ name, value }) => [name, value]);
  };
  await until(async () => (await own())?.length === 1); // a broker sees a change shortly after the controller
  expect(await own()).toEqual([['retention.ms', '3600000']]);
});

test('rejects removing partitions or moving replicas before it changes anything', async () => {
  await reconciled({ topics: [topic('never.shrinks', 4)] });
  const shrunk = await refusal({ topics: [topic('never.shrinks', 2), topic('not.made', 1)] });
  expect(shrunk.message).toMatch(/it has 4 partitions, but 2 are requested[\s\S]*fix: write 4 or more/);
  const moved = await refusal({ topics: [{ ...topic('never.shrinks', 4), replicas: 3 }] });
  expect(moved.message).toMatch(/has 1 replicas, but 3 are requested[\s\S]*docs\/kafka\.md/);
  expect(await admin.listTopics()).not.toContain('not.made');
  expect(await partitionsOf('never.shrinks')).toBe(4);
});

test('a topic without a contract, such as of a renamed event, is kept and reported with the fix', async () => {
  await reconciled({ topics: [topic('order.placed', 1)] });
  const said = await reconciled({ topics: [topic('order.accepted', 1)] });
  expect(said.join('\n')).toMatch(
    /topic 'order\.placed': no contract has this event; it is kept[\s\S]*fix: rename the event back/,
  );
  expect(await admin.listTopics()).toEqual(expect.arrayContaining(['order.placed', 'order.accepted']));
});

test('grants the desired rights, and revokes those that were removed or granted by hand', async () => {
  const read = { user: 'mailer.test', on: 'group', name: 'mailer', operation: 'read' } as const;
  const write = { user: 'orders.test', on: 'topic', name: 'order.placed', operation: 'write' } as const;
  await reconciled({ rights: [read, write] });
  const said = await reconciled({ rights: [read] });
  expect(said).toContain("right revoked: User:orders.test allow write topic 'order.placed' from *");
  expect((await reconciled({ rights: [read] })).filter((line) => line.startsWith('right'))).toEqual([]);
});

test('sets the default quota of users, and removes it again', async () => {
  expect(await reconciled({ quotas: { produce: 1_000_000 } })).toContain(
    'default user quota: producer_byte_rate unbounded → 1000000',
  );
  expect((await reconciled({ quotas: { produce: 1_000_000 } })).filter((line) => line.startsWith('quota'))).toEqual([]);
  expect(await reconciled({})).toContain('default user quota: producer_byte_rate 1000000 → unbounded');
});
