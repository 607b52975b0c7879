import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { users } from '@groundwork/contracts/users';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startBackingServices, type TestBackingServices } from '../../test/support/backing-services.ts';
import { until } from '../../test/support/until.ts';
import {
  createKafkaBus,
  type Delivery,
  type EventBus,
  HEADERS,
  type Message,
  startRelay,
} from '../kit/events/index.ts';
import { createLogger, createMetrics, type ServiceApp } from '../kit/index.ts';
import { silentLog } from '../kit/testing/run.ts';
import { createApp } from './app.ts';
import { notificationsConfig } from './config.ts';

let around: TestBackingServices;
let bus: EventBus;
let app: ServiceApp;
let logged: string;

beforeAll(async () => {
  around = await startBackingServices();
  const { KAFKA_BROKERS, IDENTITY_DIR } = around.env('users') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  bus = createKafkaBus({
    config: { KAFKA_BROKERS, IDENTITY_DIR },
    clientId: users.name,
    log: silentLog,
    metrics: createMetrics('kafka'),
  });
}, 120_000);
afterAll(async () => {
  await bus?.close();
  await around?.remove();
});
beforeEach(() => {
  logged = '';
  const destination = new Writable({
    write: (line, _encoding, done) => {
      logged += line;
      done();
    },
  });
  const config = notificationsConfig({ ...around.env('notifications'), ENVIRONMENT: 'test' });
  app = createApp(config, createLogger(config, destination));
});
afterEach(async () => {
  await app.server.close();
  await app.close();
});

const lines = () =>
  logged
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const messageOf = (userId: string) =>
  around.notifications.selectFrom('messages').selectAll().where('user_id', '=', userId).executeTakeFirst();
const event = (
  userId: string,
  payload: unknown = { userId, email: `${userId}@example.org`, name: 'Ada' },
  headers = {},
): Message => ({
  topic: 'user.registered',
  key: userId,
  value: Buffer.from(JSON.stringify(payload)),
  headers: { [HEADERS.id]: randomUUID(), [HEADERS.version]: '1', ...headers },
});

test('a new user gets one welcome message: a row, and a log line without the full address', async () => {
  const relay = startRelay(users, { database: around.users, bus, log: silentLog, metrics: createMetrics('users') });
  const userId = randomUUID();
  const eventId = await around.register(userId, 'ada.lovelace@example.org');
  await until(async () => (await messageOf(userId))?.sent_at instanceof Date);
  await relay.stop();
  expect(await messageOf(userId)).toMatchObject({
    id: eventId,
    kind: 'welcome',
    recipient: 'a***@example.org',
    name: '',
  });
  expect(lines().filter(({ message }) => message === 'message sent')).toEqual([
    expect.objectContaining({ messageId: eventId, to: 'a***@example.org' }),
  ]);
  expect(logged).not.toContain('ada.lovelace');
});

test('an unreadable event is moved to the dead-letter topic, and the next ones are handled', async () => {
  const put: Delivery[] = [];
  const admin = createKafkaBus({
    config: around.env('users') as never,
    clientId: 'operator',
    log: silentLog,
    metrics: createMetrics('kafka'),
  });
  const dead = admin.subscribe({
    group: 'operator',
    topics: ['user.registered.notifications.dlt'],
    handle: async (delivery) => void put.push(delivery),
  });
  const userId = randomUUID();
  await bus.publish([event(userId, { userId }), event(userId, undefined, { [HEADERS.version]: '9' }), event(userId)]);
  await until(async () => (await messageOf(userId)) !== undefined && put.length === 2);
  await dead.stop();
  await admin.close();
  expect(put.map(({ headers }) => headers['dead-letter-reason'])).toEqual(['invalid-payload', 'unknown-version']);
  expect(await app.metrics.registry.metrics()).toMatch(
    /events_dead_lettered_total\{event="user.registered",reason="invalid-payload",service="notifications"\} 1/,
  );
});

test('an event that is published again, with the same id, sends no second message', async () => {
  const userId = randomUUID();
  const registered = event(userId);
  await bus.publish([registered, registered]);
  await bus.publish([registered]);
  await until(async () => /outcome="duplicate",service="notifications"\} 2/.test(await app.metrics.registry.metrics()));
  await until(async () => (await messageOf(userId))?.sent_at instanceof Date);
  expect(
    lines().filter(
      ({ message, messageId }) => message === 'message sent' && messageId === registered.headers[HEADERS.id],
    ),
  ).toHaveLength(1);
});

test('a mail server without its URL is rejected at start', () => {
  const config = notificationsConfig({ ...around.env('notifications'), ENVIRONMENT: 'test', MAIL_SINK: 'smtp' });
  expect(() => createApp(config, silentLog)).toThrow(/SMTP_URL_FILE is not set/);
});
