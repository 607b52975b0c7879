// Runs in a pod: runs each attempt in its argument once, and prints the results as JSON: `done`, or the reason why not.
// An attempt: { as: folder with a certificate, none for no certificate; what: 'connect', 'publish' or 'read'; topic;
// group }
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Consumer, ProduceAcks, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';

const bootstrapBrokers = [process.env.KAFKA_BROKERS];
const file = (folder, name) => readFileSync(`/identities/${folder}/${name}`, 'utf8');
const options = (as) => ({
  clientId: 'attempt',
  bootstrapBrokers,
  retries: 0,
  connectTimeout: 5000,
  requestTimeout: 10_000,
  tls:
    as === undefined
      ? { ca: file('orders', 'ca.crt') }
      : { cert: file(as, 'tls.crt'), key: file(as, 'tls.key'), ca: file(as, 'ca.crt') },
});
// The client wraps the reason in several errors.
const reasons = (error) => [
  error.apiId ?? error.code,
  ...(error.errors ?? []).flatMap(reasons),
  ...(error.cause ? reasons(error.cause) : []),
];

/** Plain TLS, because the Kafka client does not report why a server rejected it. */
async function connect({ as }) {
  const [host, port] = process.env.KAFKA_BROKERS.split(':');
  const socket = connectTls({ host, port, ...options(as).tls });
  try {
    // In TLS 1.3 a server rejects a certificate after the client considers the connection established.
    await Promise.race([once(socket, 'end'), once(socket, 'secureConnect').then(() => delay(5000))]);
    if (socket.readableEnded) throw Object.assign(new Error('closed'), { code: 'CLOSED' });
  } finally {
    socket.destroy();
  }
}

async function publish({ as, topic }) {
  const producer = new Producer({ ...options(as), serializers: stringSerializers });
  try {
    await producer.send({ messages: [{ topic, key: 'x', value: 'attempt' }], acks: ProduceAcks.ALL });
  } finally {
    await producer.close(true).catch(() => {});
  }
}

async function read({ as, topic, group }) {
  const consumer = new Consumer({
    ...options(as),
    groupId: group,
    deserializers: stringDeserializers,
    autocommit: false,
  });
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
    for await (const _ of stream) return;
  } finally {
    await consumer.close(true).catch(() => {});
  }
}

const became = [];
for (const attempt of JSON.parse(process.argv[2])) {
  for (;;) {
    const reason = await { connect, publish, read }[attempt.what](attempt).then(
      () => 'done',
      (error) => [...new Set(reasons(error))].join(' '),
    );
    // A new cluster has no group coordinator yet, and returns errors for a while.
    if (!/COORDINATOR/.test(reason)) {
      became.push(reason);
      break;
    }
    await delay(500);
  }
}
console.log(JSON.stringify(became));
process.exit(0);
