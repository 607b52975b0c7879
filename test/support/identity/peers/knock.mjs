// Runs in a pod: tries to be served with the certificate that it reads from standard input, and prints the status or the refusal.
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

const { host, ...tls } = JSON.parse(await text(process.stdin));
const asked = request(
  { host, port: 8080, path: '/look', servername: 'stock', timeout: 5000, ...tls, checkServerIdentity: () => undefined },
  (reply) => {
    console.log(`status ${reply.statusCode}`);
    process.exit();
  },
);
asked.on('error', ({ code, message }) => console.log(`${code} ${message}`));
asked.end();
