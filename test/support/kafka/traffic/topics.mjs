// Runs in a pod, as the super user `kafka-provisioner`: prints the number of partitions of each topic of the contracts
// as JSON.
import { readFileSync } from 'node:fs';
import { Admin } from '@platformatic/kafka';

const file = (name) => readFileSync(`/identities/kafka-provisioner/${name}`, 'utf8');
const admin = new Admin({
  clientId: 'topics',
  bootstrapBrokers: [process.env.KAFKA_BROKERS],
  tls: { cert: file('tls.crt'), key: file('tls.key'), ca: file('ca.crt') },
});
const { topics } = await admin.metadata({ topics: await admin.listTopics() });
console.log(
  JSON.stringify(Object.fromEntries([...topics].map(([name, { partitionsCount }]) => [name, partitionsCount]).sort())),
);
process.exit(0);
