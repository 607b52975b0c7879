// Runs in a pod of the cluster: runs the attempts of its input, and prints a line of JSON for each. Plain
// JavaScript with the packages of a service's image: it imports nothing of this repository.
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createRequire } from 'node:module';
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

const { attempts, identity } = JSON.parse(readFileSync('/trust/input.json', 'utf8'));
const file = (name) => readFileSync(`${identity}/${name}`);
// Only the client certificate is tested, so the server is not verified.
const tls = { rejectUnauthorized: false, ...(identity ? { cert: file('tls.crt'), key: file('tls.key') } : {}) };
const TIMEOUT = 4000;

/** The layer that rejected, from an error. */
function verdict(error) {
  const text = `${error.code ?? ''} ${error.message ?? ''}`;
  if (/alert|certificate required|bad certificate|unknown ca|handshake|EPROTO|SSL routines/i.test(text)) return 'tls';
  if (/ETIMEDOUT|timed? ?out|no answer/i.test(text)) return 'network';
  if (/ECONNREFUSED/.test(text)) return 'closed';
  if (/ECONNRESET|socket hang up|disconnected|EPIPE/i.test(text)) return 'closed';
  return `? ${text.trim().slice(0, 120)}`;
}

const tcp = ({ host, port }) =>
  new Promise((resolve) => {
    const socket = tcpConnect({ host, port, timeout: TIMEOUT });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', () => end('open'));
    socket.on('timeout', () => end('network'));
    socket.on('error', (error) => end(verdict(error)));
  });

/** A TLS 1.3 server rejects a client certificate after the client's side of the handshake: so it waits for data. */
const handshake = ({ host, port, starttls }) =>
  new Promise((resolve) => {
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    const socket = tcpConnect({ host, port, timeout: TIMEOUT });
    const encrypt = () => {
      socket.removeAllListeners('timeout');
      const secured = tlsConnect({ socket, ...tls });
      secured.setTimeout(TIMEOUT / 2, () => end('open')); // the server waits for a request: the connection is admitted
      secured.on('secureConnect', () => secured.write('\0\0\0\0\0\0\0\0'));
      secured.on('data', () => end('open'));
      secured.on('error', (error) => end(verdict(error)));
      secured.on('close', () => end('closed')); // admitted, then closed as a protocol error
    };
    socket.on('timeout', () => end('network'));
    socket.on('error', (error) => end(verdict(error)));
    socket.on('connect', () => {
      if (starttls !== 'postgres') return encrypt();
      socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])); // SSLRequest, PostgreSQL manual 55.7
      socket.once('data', () => encrypt());
    });
  });

const http = ({ url, method = 'GET', body, headers = {} }) =>
  new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const asked = send(
      url,
      {
        method,
        headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        timeout: TIMEOUT,
        agent: false,
        ...tls,
      },
      (reply) => {
        reply.resume();
        resolve([401, 403].includes(reply.statusCode) ? 'authorization' : `open ${reply.statusCode}`);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer: timeout')));
    asked.on('error', (error) => resolve(verdict(error)));
    asked.end(body && JSON.stringify(body));
  });

// A copy for each library: pg hides the key of its options.
const library = createRequire('/app/services/notifications/main.ts');

async function postgres({ host, database, user }) {
  const { Client } = library('pg');
  const client = new Client({ host, port: 5432, database, user, connectionTimeoutMillis: TIMEOUT, ssl: { ...tls } });
  try {
    await client.connect();
    await client.end();
    return 'open';
  } catch (error) {
    // 28000: pg_hba.conf or the certificate's name; 3D000 and 42501: the role may not.
    return /^(28|3D|42)/.test(error.code ?? '') ? 'authorization' : verdict(error);
  }
}

async function kafka({ brokers, topic, group, act }) {
  const { Producer, Consumer } = await import(library.resolve('@platformatic/kafka'));
  const options = {
    clientId: 'trust',
    bootstrapBrokers: brokers,
    tls: { ...tls },
    connectTimeout: TIMEOUT,
    retries: 0,
    timeout: TIMEOUT,
  };
  const client = act === 'produce' ? new Producer(options) : new Consumer({ ...options, groupId: group });
  try {
    if (act === 'produce')
      await client.send({ messages: [{ topic, key: Buffer.from('trust'), value: Buffer.from('{}') }] });
    if (act === 'consume') await (await client.consume({ topics: [topic], mode: 'earliest' })).close();
    return 'open';
  } catch (error) {
    const all = [];
    const walk = (one) => {
      if (!one) return;
      all.push(`${one.code ?? ''} ${one.apiId ?? ''} ${one.message ?? ''}`);
      walk(one.cause);
      for (const inner of one.errors ?? []) walk(inner);
    };
    walk(error);
    const text = all.join(' | ');
    return /AUTHORIZATION|not authorized|UNKNOWN_TOPIC/i.test(text) ? 'authorization' : verdict(new Error(text));
  } finally {
    await client.close(true).catch(() => {});
  }
}

/** Logs in to Consul with the pod's token, as a service does, then runs a forbidden operation. */
async function consul({ origin, method, path, body, login }) {
  const ask = (url, options) =>
    new Promise((resolve, reject) => {
      const asked = httpsRequest(url, { timeout: TIMEOUT, agent: false, ...tls, ...options }, async (reply) => {
        let text = '';
        for await (const chunk of reply) text += chunk;
        resolve({ status: reply.statusCode, text });
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer: timeout')));
      asked.on('error', reject);
      asked.end(options.body);
    });
  try {
    const headers = {};
    if (login) {
      const BearerToken = readFileSync(login.token, 'utf8');
      const { status, text } = await ask(`${origin}/v1/acl/login`, {
        method: 'POST',
        body: JSON.stringify({ AuthMethod: login.method, BearerToken }),
      });
      if (status !== 200) return status === 403 ? 'authorization' : `? login ${status} ${text.slice(0, 80)}`;
      headers['x-consul-token'] = JSON.parse(text).SecretID;
    }
    const { status } = await ask(`${origin}${path}`, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return status === 403 ? 'authorization' : `open ${status}`;
  } catch (error) {
    return verdict(error);
  }
}

const kinds = { tcp, handshake, http, postgres, kafka, consul };
process.on('uncaughtException', () => {}); // of an abandoned socket
process.on('unhandledRejection', () => {});
await Promise.all(
  attempts.map(async (attempt) => {
    const deployTimeSecret = new Promise((resolve) => setTimeout(resolve, 4 * TIMEOUT, 'network').unref());
    const result = await Promise.race([kinds[attempt.kind](attempt), deployTimeSecret]).catch(verdict);
    console.log(JSON.stringify({ id: attempt.id, result }));
  }),
);
process.exit(0);
