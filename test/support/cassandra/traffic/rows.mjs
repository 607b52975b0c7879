// Runs in a pod: writes numbered rows and reads each again, with a quorum, until SIGUSR2. A request is sent once by this
// program; the driver sends it to another node if a connection is lost. Prints the result as JSON.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { auth, Client, types } from 'cassandra-driver';

const { CASSANDRA_HOST, CASSANDRA_SERVER, KEYSPACE, IDENTITY_DIR } = process.env;
const file = (name) => readFileSync(`${IDENTITY_DIR}/${name}`, 'utf8');
const client = new Client({
  contactPoints: [CASSANDRA_HOST],
  localDataCenter: 'dc1',
  keyspace: KEYSPACE,
  authProvider: new auth.PlainTextAuthProvider('', ''),
  sslOptions: {
    cert: file('tls.crt'),
    key: file('tls.key'),
    ca: file('ca.crt'),
    rejectUnauthorized: true,
    checkServerIdentity: (_host, { raw }) =>
      new X509Certificate(raw).subjectAltName.includes(`URI:${CASSANDRA_SERVER}`) ? undefined : new Error('not a node'),
  },
  queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
});

let ending = false;
process.on('SIGUSR2', () => {
  ending = true;
});
process.on('SIGTERM', () => process.exit(1));
await client.connect();
console.log('writing');

const report = { written: 0, failed: [], lost: [], longestMilliseconds: 0 };
for (let number = 0; !ending; number++) {
  const started = performance.now();
  try {
    await client.execute('INSERT INTO numbers (number) VALUES (?)', [number]);
    const { rowLength } = await client.execute('SELECT number FROM numbers WHERE number = ?', [number]);
    report.written++;
    if (rowLength !== 1) report.lost.push(number);
  } catch (error) {
    report.failed.push(`${number}: ${error.message}`);
  }
  report.longestMilliseconds = Math.max(report.longestMilliseconds, Math.round(performance.now() - started));
  await delay(10);
}
await client.shutdown();
console.log(JSON.stringify(report));
