// Runs in a pod: the kit's client and its pool. Calls all pods of stock and its database steadily, and prints the
// result
// as a line of JSON, twice a second: how many calls, which failed, how many were retried, the certificate
// that each of them serves, and its own as stock saw it.
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { Duration } from '@groundwork/contract';
import { createClient, Deadline, joinTrace } from '@groundwork/kit';
import { secureContext } from '@groundwork/kit/identity';
import { createDatabase } from '@groundwork/kit/postgres';
import { sql } from 'kysely';
import pg from 'pg';
import { open, PORT, shop, stock } from './contracts.mjs';

const hosts = process.env.STOCK.split(',');
const { log, metrics, trust } = open(shop);
let turn = 0;
const pick = () => ({ origin: `https://${hosts[turn++ % hosts.length]}:${PORT}`, release: () => {} });
const client = createClient(shop, { metrics, trust, resolver: { pick, close: async () => {} } });
const context = () => ({
  requestId: 'peers',
  trace: joinTrace(undefined),
  deadline: Deadline.of(Duration.seconds(10)),
  log,
});
const { POSTGRES_HOST, POSTGRES_DATABASE, POSTGRES_USER } = process.env;
const config = { POSTGRES_HOST, POSTGRES_PORT: 5432, POSTGRES_DATABASE, POSTGRES_USER, POSTGRES_POOL_SIZE: 3 };
const database = createDatabase(config, { log, metrics, trust });
const seen = { sent: 0, answered: 0, failed: [], retries: 0, served: {}, shown: '' };

const fail = (what, error) => {
  if (seen.failed.length < 5)
    seen.failed.push(`${new Date().toISOString()} ${what}: ${error.code ?? ''} ${error.message} ${error.cause ?? ''}`);
};
const ask = async (what, question) => {
  seen.sent += 1;
  try {
    await question();
    seen.answered += 1;
  } catch (error) {
    fail(what, error);
  }
};
const look = async () => {
  seen.shown = (await client.call(stock.http.look, {}, context())).body;
};
const query = () => sql`SELECT 1`.execute(database);
/** Serial number of the certificate that a pod serves to a new connection. */
const serves = (host) =>
  new Promise((resolve, reject) => {
    const options = {
      ...secureContext(trust.identity.current),
      host,
      port: PORT,
      servername: stock.name,
      checkServerIdentity: () => undefined,
    };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.on('error', reject).setTimeout(5000, () => socket.destroy(new Error('no handshake in 5 s')));
  });
/** Serial number of the certificate that PostgreSQL serves to a new connection. */
const postgresServes = async () => {
  let serial;
  const { cert, key, ca } = trust.identity.current;
  const checkServerIdentity = (_, shown) => {
    serial = shown.serialNumber;
  };
  const ssl = { cert, key, ca, servername: POSTGRES_HOST, checkServerIdentity };
  const connection = new pg.Client({
    host: POSTGRES_HOST,
    database: POSTGRES_DATABASE,
    user: POSTGRES_USER,
    ssl,
    connectionTimeoutMillis: 5000,
  });
  await connection.connect();
  await connection.end();
  return serial;
};
const note = async (name, shown) => {
  try {
    seen.served[name] = await shown;
  } catch (error) {
    fail(`handshake with ${name}`, error);
  }
};
const report = async () => {
  await Promise.all([...hosts.map((host) => note(host, serves(host))), note('postgres', postgresServes())]);
  const counted = await metrics.registry.metrics();
  seen.retries = Number(/^http_client_retries_total\{.*\} (\d+)$/m.exec(counted)?.[1] ?? 0);
  console.log(JSON.stringify(seen));
};

for (;;) {
  for (let call = 0; call < 10; call += 1) {
    void ask('stock', look);
    void ask('postgres', query);
    await delay(50);
  }
  await report();
}
