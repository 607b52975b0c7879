// Runs in a pod: publishes numbered messages, one after the other, with acks=all, until SIGUSR2.
// A message is retried for two minutes; without an acknowledgement it then counts as failed. After each message it
// reads how
// many replicas of each partition are in sync. Prints the result as JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka';

const { KAFKA_BROKERS, TOPIC, IDENTITY_DIR } = process.env;
const file = (name) => readFileSync(`${IDENTITY_DIR}/${name}`, 'utf8');
const connect = () =>
  new Producer({
    clientId: 'traffic',
    bootstrapBrokers: [KAFKA_BROKERS],
    tls: { cert: file('tls.crt'), key: file('tls.key'), ca: file('ca.crt') },
    serializers: stringSerializers,
    retries: 0,
    connectTimeout: 2000,
    requestTimeout: 10_000,
  });

let ending = false;
process.on('SIGUSR2', () => {
  ending = true;
});
process.on('SIGTERM', () => process.exit(1));
console.log('publishing');

let producer = connect();
const report = {
  acknowledged: 0,
  tries: 0,
  failed: [],
  longestMilliseconds: 0,
  fewestInSync: Number.POSITIVE_INFINITY,
};
const look = async () => {
  const { topics } = await producer.metadata({ topics: [TOPIC], forceUpdate: true });
  report.fewestInSync = Math.min(report.fewestInSync, ...topics.get(TOPIC).partitions.map(({ isr }) => isr.length));
};
for (let number = 0; !ending; number++) {
  const started = performance.now();
  for (;;) {
    report.tries++;
    try {
      await producer.send({
        messages: [{ topic: TOPIC, key: `${number}`, value: `${number}` }],
        acks: ProduceAcks.ALL,
      });
      report.acknowledged++;
      break;
    } catch (error) {
      if (performance.now() - started > 120_000) {
        report.failed.push(`${number}: ${error.message}`);
        break;
      }
      await producer.close(true).catch(() => {});
      await delay(100);
      producer = connect();
    }
  }
  report.longestMilliseconds = Math.max(report.longestMilliseconds, Math.round(performance.now() - started));
  await look().catch(() => {}); // a broker that shuts down may not respond: the next call reaches another
  await delay(10);
}
await producer.close(true);
console.log(JSON.stringify(report));
