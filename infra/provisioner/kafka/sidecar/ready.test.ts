import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startKafka, type TestKafka } from '../../../../test/support/kafka/index.ts';
import { copiesBehind, readyBroker } from './ready.ts';

let kafka: TestKafka;
beforeAll(async () => {
  kafka = await startKafka();
}, 120_000);
afterAll(() => kafka?.remove());

const partition = (partition: number, isr: number[]) => ({
  topic: 'order.placed',
  partition,
  replicas: [0, 1, 2],
  isr,
});

test('all replicas count before a broker is ready, and only its own after that', () => {
  const copies = [partition(0, [0, 1, 2]), partition(1, [0, 2]), partition(2, [1])];
  expect(copiesBehind(copies)).toEqual([copies[1], copies[2]]);
  expect(copiesBehind(copies, 2)).toEqual([copies[2]]);
  expect(copiesBehind([partition(0, [2, 1, 0])])).toEqual([]);
});

test("a broker is ready while it answers, Kafka's own topics included, and reports why when it doesn't", async () => {
  const { KAFKA_BROKERS, IDENTITY_DIR } = kafka.env('kafka') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  const [host, port] = KAFKA_BROKERS.split(':') as [string, string];
  const ready = readyBroker(host, Number(port), IDENTITY_DIR);
  await kafka.createTopics(['order.placed'], 3);
  expect(await ready()).toBeUndefined();
  await kafka.stop();
  await expect(ready()).rejects.toThrow(/Connection to .* failed/);
});
