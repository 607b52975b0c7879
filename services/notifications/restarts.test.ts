import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notifications } from '@groundwork/contracts/notifications';
import { users } from '@groundwork/contracts/users';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { SMTPServer } from 'smtp-server';
import { startBackingServices, type TestBackingServices } from '../../test/support/backing-services.ts';
import { until } from '../../test/support/until.ts';
import { consume, createKafkaBus, type EventBus, startRelay } from '../kit/events/index.ts';
import { createMetrics } from '../kit/index.ts';
import { silentLog } from '../kit/testing/run.ts';
import { queueWelcome } from './messages/messages.ts';

jest.setTimeout(480_000); // six restarts, each of which waits for a session timeout of Kafka or for a server

let around: TestBackingServices;
let folder: string;
let running: ChildProcess[] = [];
let mail: Awaited<ReturnType<typeof mailServer>> | undefined;

beforeAll(async () => {
  around = await startBackingServices();
  folder = mkdtempSync(join(tmpdir(), 'groundwork-restarts-'));
}, 120_000);
afterEach(async () => {
  for (const each of running) await kill(each);
  running = [];
  mail?.close();
  mail = undefined;
});
afterAll(async () => {
  await around?.remove();
  rmSync(folder, { recursive: true });
});

/** A service in a separate process, as its image runs it. */
function start(service: 'users' | 'notifications', env: Record<string, string>): ChildProcess {
  const ports = { PORT: '0', PROBE_PORT: '0', METRICS_PORT: '0' };
  const file = join(import.meta.dirname, '..', service, 'main.ts');
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_OPTIONS: '', ENVIRONMENT: 'test', ...ports, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.push(child);
  return child;
}

/** SIGKILL, as when the kernel runs out of memory: nothing is finished or logged. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A mail server that counts the deliveries of each message. */
async function mailServer(): Promise<{ readonly url: string; readonly came: Map<string, number>; close(): void }> {
  const identity = around.postgres.authority.issue('mail.test');
  const came = new Map<string, number>();
  const server = new SMTPServer({
    key: readFileSync(join(identity, 'tls.key')),
    cert: readFileSync(join(identity, 'tls.crt')),
    authOptional: true,
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => {
        const id = /^Message-ID: <(.*)@/m.exec(text)?.[1] ?? '';
        came.set(id, (came.get(id) ?? 0) + 1);
        done();
      });
    },
  });
  server.on('error', () => {}); // clients are killed in the middle of a command
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    came,
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}

const register = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const userId = randomUUID();
    ids.push(await around.register(userId, `${userId}@example.org`));
  }
  return ids;
};
const rows = () => around.notifications.selectFrom('messages').select(['id', 'sent_at']).execute();

test('a consumer that is killed after its transaction and before its commit handles nothing twice', async () => {
  const config = around.env('notifications') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  const kafka = createKafkaBus({ config, clientId: 'notifications', log: silentLog, metrics: createMetrics('kafka') });
  const publisher = createKafkaBus({
    config: around.env('users') as typeof config,
    clientId: 'users',
    log: silentLog,
    metrics: createMetrics('kafka'),
  });
  let deaths = 0;
  const dying: EventBus = {
    ...kafka,
    subscribe: (options) =>
      kafka.subscribe({
        ...options,
        handle: async (delivery, stopping) => {
          await options.handle(delivery, stopping);
          deaths += 1;
          if (deaths <= 3) throw new Error('died before the commit');
        },
      }),
  };
  const hooks = { database: around.notifications, log: silentLog, metrics: createMetrics('notifications') };
  const acts = {
    'user.registered': (event: Parameters<typeof queueWelcome>[1], transaction: Parameters<typeof queueWelcome>[0]) =>
      queueWelcome(transaction, event),
    'order.confirmed': async () => {},
    'order.canceled': async () => {},
    'order.payment-reversed': async () => {},
  };
  const relay = startRelay(users, {
    database: around.users,
    bus: publisher,
    log: silentLog,
    metrics: createMetrics('users'),
  });
  const consumer = consume(notifications, acts, { ...hooks, bus: dying, group: 'dying' });
  const ids = await register(10);
  await until(async () => (await rows()).length === 10);
  await until(() => deaths >= 13); // each of the three was delivered again
  expect((await rows()).map(({ id }) => id).sort()).toEqual([...ids].sort());
  await consumer.stop();
  await relay.stop();
  await kafka.close();
  await publisher.close();
  await around.notifications.deleteFrom('messages').execute();
});

test('each registration gets one welcome message, while users, notifications and the broker are killed repeatedly', async () => {
  mail = await mailServer();
  const { url, came } = mail;
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  writeFileSync(join(folder, 'token-keys'), JSON.stringify({ keys: [await exportJWK(privateKey)] }));
  writeFileSync(join(folder, 'smtp-url'), url);
  const mailed = { MAIL_SINK: 'smtp', SMTP_URL_FILE: join(folder, 'smtp-url') };
  const env = {
    users: { ...around.env('users'), TOKEN_ISSUER: 'http://shop.test', SECRETS_DIR: folder },
    notifications: {
      ...around.env('notifications'),
      ...mailed,
      NODE_EXTRA_CA_CERTS: join(around.env('notifications').IDENTITY_DIR as string, 'ca.crt'),
    },
  };
  const services = { users: start('users', env.users), notifications: start('notifications', env.notifications) };
  const ids: string[] = [];
  const moreThan = (count: number) => until(async () => (await rows()).length > count);
  const restart = async (service: keyof typeof services) => {
    await kill(services[service]);
    services[service] = start(service, env[service]);
  };
  const troubles: (() => Promise<void>)[] = [
    () => restart('users'),
    () => restart('notifications'),
    async () => {
      await around.kafka.stop();
      ids.push(...(await register(10))); // accounts are opened nevertheless
      await around.kafka.start();
    },
    async () => {
      await around.postgres.stop();
      await around.postgres.start();
    },
    () => restart('notifications'),
    () => restart('users'),
  ];
  for (const trouble of troubles) {
    const before = (await rows()).length;
    const registering = register(40).then((more) => ids.push(...more));
    await moreThan(before); // while messages are in progress
    await Promise.all([registering.catch(() => {}), trouble()]);
  }
  const accounts = await registeredIds();
  expect(accounts.length).toBeGreaterThanOrEqual(ids.length);
  await until(async () => (await rows()).filter(({ sent_at }) => sent_at !== null).length >= accounts.length);
  const sent = await rows();
  expect(sent).toHaveLength(accounts.length);
  // SMTP cannot guarantee a single delivery; duplicates have the same id.
  expect([...came.keys()].sort()).toEqual(sent.map(({ id }) => id).sort());
});

/** Accounts that exist, regardless of the responses to their registrations. */
async function registeredIds(): Promise<string[]> {
  const accounts = await around.users
    .selectFrom('accounts' as never)
    .select('email' as never)
    .execute();
  return (accounts as { email: string }[]).slice(10).map(({ email }) => email);
}
