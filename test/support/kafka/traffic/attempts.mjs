// Runs in a pod: tries each of the attempts in its argument once, and prints as JSON what came of each: `done`, or why not.
// An attempt: { as: folder with a certificate, none for no certificate; what: 'connect', 'publish' or 'read'; topic; group }
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
// The client wraps each reason in several others.
const reasons = (error) => [
  error.apiId ?? error.code,
  ...(error.errors ?? []).flatMap(reasons),
  ...(error.cause ? reasons(error.cause) : []),
];

/** By TLS alone, since the client of Kafka doesn't tell why it was sent away. */
async function connect({ as }) {
  const [host, port] = process.env.KAFKA_BROKERS.split(':');
  const socket = connectTls({ host, port, ...options(as).tls });
  try {
    // By TLS 1.3 a server says what it thinks of a certificate after the client holds the connection for made.
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
    // A cluster that was just made has no groups yet, and says so for a while.
    if (!/COORDINATOR/.test(reason)) {
      became.push(reason);
      break;
    }
    await delay(500);
  }
}
console.log(JSON.stringify(became));
process.exit(0);
