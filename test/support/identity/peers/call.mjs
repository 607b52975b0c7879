// Runs in a pod: calls stock with the certificate from standard input, and prints the status or the error.
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
