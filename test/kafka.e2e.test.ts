import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { type Attempt, Clients } from './support/kafka/clients.ts';
import { type DeployOptions, KafkaTestSystem, runningKafka } from './support/kafka/cluster.ts';
import { becomes } from './support/until.ts';

let dev: Dev;
let system: KafkaTestSystem;
let clients: Clients;
beforeAll(async () => {
  dev = await devAsItRuns();
  const { kubectl } = dev;
  const images = await runningKafka(kubectl);
  if (images === undefined) throw new Error('Kafka is not running in dev');
  system = new KafkaTestSystem(kubectl, images);
  await system.clear();
  const job = await system.deploy();
  await system.addUnknownCaller();
  clients = new Clients(system, [...system.accounts, 'kafka-provisioner', 'unknown-caller']);
  await clients.start();
  await allReady();
  await system.run('wait', `job/${job}`, '--for=condition=Complete', '--timeout=180s');
}, 30 * 60_000);
afterAll(async () => {
  await system?.remove();
  await devDown(dev);
}, 120_000);

async function allReady(): Promise<void> {
  for (const set of ['kafka', 'kafka-controller'])
    await system.run('rollout', 'status', `statefulset/${set}`, '--timeout=300s');
}
/** Serial number of the certificate that a node serves, read from its own pod. */
function serialShownBy(pod: string): Promise<string> {
  const ask = `const socket = require('node:tls').connect({ host: '127.0.0.1', port: ${pod.startsWith('kafka-controller') ? 9094 : 9093}, rejectUnauthorized: false },
    () => { console.log(socket.getPeerX509Certificate().serialNumber); process.exit(); });
    socket.on('error', ({ code }) => { console.log(code); process.exit(); });`;
  return system.run('exec', pod, '-c', 'metrics-proxy', '--', 'node', '-e', ask).then((text) => text.trim());
}
/** Start time of each container of each node; a restart changes it. */
async function starts(): Promise<readonly unknown[]> {
  type Status = { containerStatuses: { state: { running?: { startedAt: string } } }[] };
  return (await system.nodes()).map(({ metadata, status }) => [
    metadata.name,
    (status as unknown as Status).containerStatuses.map(({ state }) => state),
  ]);
}

describe('a client may do what its contract declares, and nothing else', () => {
  const refused = 'TOPIC_AUTHORIZATION_FAILED';
  test.each<[string, Attempt, string | RegExp]>([
    ['orders publishes its event', { as: 'orders', what: 'publish', topic: 'order.placed' }, 'done'],
    ['mailer reads it', { as: 'mailer', what: 'read', topic: 'order.placed', group: 'mailer' }, 'done'],
    [
      "orders doesn't read its own",
      { as: 'orders', what: 'read', topic: 'order.placed', group: 'orders' },
      /GROUP_AUTHORIZATION_FAILED/,
    ],
    ["orders doesn't publish another's", { as: 'orders', what: 'publish', topic: 'parcel.sent' }, new RegExp(refused)],
    [
      "mailer doesn't publish what it reads",
      { as: 'mailer', what: 'publish', topic: 'order.placed' },
      new RegExp(refused),
    ],
    [
      "mailer doesn't read what it doesn't consume",
      { as: 'mailer', what: 'read', topic: 'parcel.sent', group: 'mailer' },
      new RegExp(refused),
    ],
    [
      "mailer doesn't read in another's group",
      { as: 'mailer', what: 'read', topic: 'order.placed', group: 'orders' },
      /GROUP_AUTHORIZATION_FAILED/,
    ],
    [
      'publishing to a missing topic does not create it',
      { as: 'orders', what: 'publish', topic: 'order.invented' },
      /TOPIC/,
    ],
    [
      'a certificate in the name of orders from another authority is rejected',
      { as: 'unknown-caller', what: 'connect' },
      /^ERR_SSL_.*ALERT/,
    ],
    ['a connection without a certificate is rejected', { what: 'connect' }, /^ERR_SSL_.*ALERT/],
  ])('%s', async (_, attempt, expected) => {
    const [became] = await clients.attempt(attempt);
    if (typeof expected === 'string') expect(became).toBe(expected);
    else expect(became).toMatch(expected);
  });
});

describe('a renewed certificate', () => {
  test('is served by every broker and controller, and none restarts', async () => {
    const before = await starts();
    await system.renew('kafka');
    const renewed = new X509Certificate(
      Buffer.from((await system.secret('kafka-identity'))?.data?.['tls.crt'] ?? '', 'base64'),
    ).serialNumber;
    await becomes('all serve it', async () => {
      const shown = await Promise.all((await system.nodes()).map(({ metadata: { name } }) => serialShownBy(name)));
      return shown.every((serial) => serial === renewed);
    });
    expect(await starts()).toEqual(before);
    expect(await clients.attempt({ as: 'orders', what: 'publish', topic: 'order.placed' })).toEqual(['done']);
  });
});

test('a rollout of all nodes loses no acknowledged message, fails none permanently, and never has two replicas down', async () => {
  const { acknowledged, failed, fewestInSync } = await clients.publishing('order.placed', async () => {
    for (const set of ['kafka', 'kafka-controller']) await system.run('rollout', 'restart', `statefulset/${set}`);
    await system.run('wait', 'pdb/kafka', '--for=jsonpath={.status.disruptionsAllowed}=0', '--timeout=60s');
    await expect(system.evict('kafka-0')).rejects.toThrow(/disruption budget/);
    await allReady();
  });
  expect(failed).toEqual([]);
  expect(fewestInSync).toBe(2);
  expect(acknowledged).toBeGreaterThan(500);
  expect(await clients.missing('order.placed', acknowledged)).toEqual({ missing: 0, first: [] });
}, 600_000);

describe('a changed desired state of topics', () => {
  const done = async (options: DeployOptions) => {
    const job = await system.deploy(options);
    await system.run('wait', `job/${job}`, '--for=condition=Complete', '--timeout=180s');
    return system.run('logs', `job/${job}`);
  };

  test('with fewer partitions is rejected with a fix, and changes nothing', async () => {
    const [before, running] = [await clients.topics(), await starts()];
    const job = await system.deploy({ event: 'order.accepted', partitions: 2 });
    const said =
      /it has 3 partitions, but 2 are requested[\s\S]*at topic 'parcel\.sent' › partitions \(topic-change-refused\)\s*fix: write 3 or more/;
    await becomes('the error is logged', async () => said.test(await system.run('logs', `job/${job}`).catch(() => '')));
    expect(await clients.topics()).toEqual(before);
    expect(await clients.attempt({ as: 'orders', what: 'publish', topic: 'order.placed' })).toEqual(['done']);
    expect(await starts()).toEqual(running);
  });

  test('with more partitions adds them, and no node restarts', async () => {
    const running = await starts();
    await done({ partitions: 4 });
    expect(await clients.topics()).toMatchObject({ 'order.placed': 4, 'parcel.sent': 4, 'order.placed.mailer.dlt': 1 });
    expect(await starts()).toEqual(running);
  });

  test('with a renamed event keeps the old topic, revokes all access to it, and logs a fix', async () => {
    const said = await done({ event: 'order.accepted', partitions: 4 });
    expect(said).toMatch(
      /topic 'order\.placed': no contract has this event; it is kept[^\n]*\n\s*fix: rename the event back/,
    );
    expect(await clients.topics()).toMatchObject({ 'order.placed': 4, 'order.accepted': 4 });
    const both = ['order.accepted', 'order.placed'].map((topic) => ({ as: 'orders', what: 'publish', topic }) as const);
    expect(await clients.attempt(...both)).toEqual(['done', expect.stringContaining('TOPIC_AUTHORIZATION_FAILED')]);
  });
});
