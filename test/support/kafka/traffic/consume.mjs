// Runs in a pod: reads a topic from its beginning until it has read the numbers from 0 to COUNT - 1, or for a minute
// nothing new. Prints the missing ones as JSON (their count and the first ten), or that it may not read.
import { readFileSync } from 'node:fs';
import { Consumer, stringDeserializers } from '@platformatic/kafka';

const { KAFKA_BROKERS, KAFKA_GROUP, TOPIC, IDENTITY_DIR, COUNT } = process.env;
const file = (name) => readFileSync(`${IDENTITY_DIR}/${name}`, 'utf8');
const connect = () =>
  new Consumer({
    clientId: 'traffic',
    groupId: KAFKA_GROUP,
    bootstrapBrokers: [KAFKA_BROKERS],
    tls: { cert: file('tls.crt'), key: file('tls.key'), ca: file('ca.crt') },
    deserializers: stringDeserializers,
    autocommit: false,
    retries: 2,
  });
const reasons = (error) =>
  [error.apiId, ...(error.errors ?? []).flatMap(reasons), ...(error.cause ? reasons(error.cause) : [])].filter(Boolean);
const missing = new Set(Array.from({ length: Number(COUNT) }, (_, number) => `${number}`));
const end = (report) => {
  console.log(JSON.stringify(report));
  process.exit(0);
};
let timeout;
const wait = () => {
  clearTimeout(timeout);
  timeout = setTimeout(() => end({ missing: missing.size, first: [...missing].slice(0, 10) }), 60_000);
};
wait();
while (missing.size > 0) {
  const consumer = connect();
  try {
    const stream = await consumer.consume({ topics: [TOPIC], mode: 'earliest' });
    for await (const { value } of stream) {
      if (missing.delete(value)) wait();
      if (missing.size === 0) break;
    }
  } catch (error) {
    // A new cluster has no group coordinator yet, and returns errors for a while.
    if (reasons(error).some((one) => /AUTHORIZATION/.test(one))) end({ refused: reasons(error) });
    await consumer.close(true).catch(() => {});
  }
}
end({ missing: 0, first: [] });
