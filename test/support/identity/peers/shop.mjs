// Runs in a pod: the kit's client. Asks all of stock's pods steadily, and prints what came of it as a line of JSON, twice a
// second: how many calls, which failed, how many were tried again, the certificate that each pod serves, and our own as they saw it.
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { Duration } from '@groundwork/contract';
import { createClient, Deadline, joinTrace } from '@groundwork/kit';
import { secureContext } from '@groundwork/kit/identity';
import { open, PORT, shop, stock } from './world.mjs';

const hosts = process.env.STOCK.split(',');
const { log, metrics, trust } = open(shop);
let turn = 0;
const pick = () => ({ origin: `https://${hosts[turn++ % hosts.length]}:${PORT}`, release: () => {} });
const client = createClient(shop, { metrics, trust, resolver: { pick, close: async () => {} } });
const context = () => ({ requestId: 'peers', trace: joinTrace(undefined), deadline: Deadline.of(Duration.seconds(10)), log });
const told = { sent: 0, answered: 0, failed: [], retries: 0, served: {}, shown: '' };

const look = async () => {
  told.sent += 1;
  try {
    told.shown = (await client.call(stock.http.look, {}, context())).body;
    told.answered += 1;
  } catch (error) {
    if (told.failed.length < 5) told.failed.push(`${new Date().toISOString()} ${error.message} ${error.cause ?? ''}`);
  }
};
/** Serial number of what a pod serves to a new connection. */
const serves = (host) =>
  new Promise((resolve, reject) => {
    const options = { ...secureContext(trust.identity.current), host, port: PORT, servername: stock.name, checkServerIdentity: () => undefined };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.on('error', reject).setTimeout(5000, () => socket.destroy(new Error('no handshake in 5 s')));
  });
const report = async () => {
  for (const host of hosts) {
    try {
      told.served[host] = await serves(host);
    } catch (error) {
      if (told.failed.length < 5) told.failed.push(`${new Date().toISOString()} handshake with ${host}: ${error.code ?? error.message}`);
    }
  }
  const counted = await metrics.registry.metrics();
  told.retries = Number(/^http_client_retries_total\{.*\} (\d+)$/m.exec(counted)?.[1] ?? 0);
  console.log(JSON.stringify(told));
};

for (;;) {
  for (let call = 0; call < 10; call += 1) {
    void look();
    await delay(50);
  }
  await report();
}
