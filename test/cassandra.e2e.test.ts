import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CassandraTestSystem, runningCassandra } from './support/cassandra/cluster.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';

const MINUTES = 60_000;

let dev: Dev;
let system: CassandraTestSystem;
beforeAll(async () => {
  dev = await devAsItRuns();
  const images = await runningCassandra(dev.kubectl);
  if (images === undefined) throw new Error('Cassandra is not running in dev');
  system = new CassandraTestSystem(dev.kubectl, images);
  await system.run('delete', 'namespace', system.namespace, '--ignore-not-found', '--timeout=300s');
  const job = await system.deploy();
  await rolled();
  await system.run('wait', `job/${job}`, '--for=condition=Complete', '--timeout=300s');
  await system.execute('CREATE TABLE IF NOT EXISTS ledger.numbers (number int PRIMARY KEY)');
}, 30 * MINUTES);
afterAll(async () => {
  await system?.remove();
  await devDown(dev);
}, 2 * MINUTES);

const rolled = () => system.run('rollout', 'status', 'statefulset/cassandra', '--timeout=1200s');

test(
  'a rolling restart of three nodes fails no write and no read',
  async () => {
    const { written, failed, lost } = await system.writing(async () => {
      await system.run('rollout', 'restart', 'statefulset/cassandra');
      await rolled();
    });
    expect(written).toBeGreaterThan(0);
    expect({ failed, lost }).toEqual({ failed: [], lost: [] });
  },
  30 * MINUTES,
);

test(
  'a node that is killed fails no write and no read, and comes back',
  async () => {
    const { failed, lost } = await system.writing(async () => {
      await system.run('delete', 'pod', 'cassandra-1', '--grace-period=0', '--force');
      await rolled();
    });
    expect({ failed, lost }).toEqual({ failed: [], lost: [] });
  },
  30 * MINUTES,
);
