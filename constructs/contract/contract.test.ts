import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { ConfigurationError, contract, Duration, event, postgres, type RouteSpec, route, secret } from './index.ts';

const Id = Type.Object({ id: Type.String() });
const reply = { 200: Id };
const CACHE = { maxAge: Duration.seconds(30), maxStale: Duration.minutes(1) };
const get = (path: string, spec: Partial<RouteSpec> = {}) => route('GET', path, { reply, ...spec });

const keyed = (key: string) =>
  event(
    'order.placed',
    1,
    Type.Object({
      id: Type.String(),
      kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
      state: Type.Enum(['c', 'd']),
      note: Type.Optional(Type.String()),
      count: Type.Integer(),
      mixed: Type.Union([Type.String(), Type.Null()]),
    }),
    { key },
  );

/** What a contract's author reads, as one text. */
function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).message;
  }
  throw new Error('nothing was rejected');
}

test('a contract gives its operations their owner and name, and fills in what is left out', () => {
  const orders = contract('orders', { http: { getOrder: get('/orders/:id', { params: Id }) } });
  expect(orders).toMatchObject({
    kind: 'contract',
    name: 'orders',
    owns: [],
    publishes: [],
    consumes: [],
    calls: [],
    edge: false,
  });
  expect(orders.http.getOrder).toMatchObject({
    service: 'orders',
    name: 'getOrder',
    method: 'GET',
    path: '/orders/:id',
  });
});

test.each([
  ['upper case', 'Orders'],
  ['a dot', 'order.history'],
  ['a hyphen at its end', 'orders-'],
  ['a digit first', '2orders'],
  ['nothing', ''],
])('rejects a name with %s', (_, name) => {
  const text = messageOf(() => contract(name, {}));
  expect(text).toContain(`contract '${name}' › name`);
  expect(text).toContain('DNS label');
  expect(text).toContain('fix:');
});

test('rejects a name that leaves no room for suffixes', () => {
  expect(messageOf(() => contract('o'.repeat(41), {}))).toMatch(/at most 40 characters .*has 41/);
});

test.each([
  ['the same path', '/orders/:id', '/orders/:id'],
  ["paths that differ in a parameter's name only", '/orders/:id', '/orders/:number'],
])('rejects two routes with %s', (_, first, second) => {
  const params = (path: string) => ({ params: Type.Object({ [path.split(':')[1] as string]: Type.String() }) });
  const text = messageOf(() =>
    contract('orders', { http: { a: get(first, params(first)), b: get(second, params(second)) } }),
  );
  expect(text).toContain('also served by http.a');
  expect(text).toContain("contract 'orders' › http.b");
});

test.each(['orders', '/orders/', '/orders/{id}', '/orders?x=1', '//'])('rejects %j as a path', (path) => {
  expect(messageOf(() => contract('orders', { http: { a: get(path) } }))).toContain(
    "contract 'orders' › http.a › path",
  );
});

test('rejects parameters that path and schema name differently', () => {
  expect(messageOf(() => contract('orders', { http: { a: get('/orders/:number', { params: Id }) } }))).toContain(
    'the path has parameters [number], the schema has [id]',
  );
});

test('rejects an operation without a reply of success', () => {
  expect(
    messageOf(() => contract('orders', { http: { a: route('GET', '/orders', { reply: { 404: Id } }) } })),
  ).toContain('reply must have a status below 400, got [404]');
});

test.each(['GET', 'DELETE'] as const)('rejects a body for %s', (method) => {
  expect(messageOf(() => contract('orders', { http: { a: route(method, '/orders', { body: Id, reply }) } }))).toContain(
    `${method} operation must not declare a body`,
  );
});

test('rejects an idempotency key for a GET', () => {
  expect(messageOf(() => contract('orders', { http: { a: get('/orders', { idempotency: 'accepted' }) } }))).toContain(
    'a GET operation must not take an idempotency key',
  );
});

test.each(['owns', 'publishes', 'consumes', 'calls'])(
  'rejects something undefined in %s, as circular imports leave it',
  (field) => {
    const message = messageOf(() => contract('orders', { [field]: [undefined] }));
    expect(message).toContain(`contract 'orders' › ${field}[0]`);
    expect(message).toContain('circular import');
  },
);

test.each([0, 1, 99.9, -1])('rejects an availability of %d', (availability) => {
  const latency = { p99: undefined as never };
  expect(messageOf(() => contract('orders', { slo: { availability, latency } }))).toContain(
    "contract 'orders' › slo.availability",
  );
});

test.each([
  ['one word', () => event('placed', 1, Id, { key: 'id' }), "event 'placed'"],
  ['version 0', () => event('order.placed', 0, Id, { key: 'id' }), 'version'],
  ['a key that the schema lacks', () => keyed('number'), "'number' is not in the schema"],
  ['an optional key', () => keyed('note'), "'note' is optional"],
  ['a key that is a number', () => keyed('count'), "'count' is not a string"],
  ['a key that may be no string', () => keyed('mixed'), "'mixed' is not a string"],
  ['a wrong key, with those that are possible', () => keyed('count'), 'use one of: id, kind, state'],
  ['a key and no string', () => event('a.b', 1, Type.Object({ n: Type.Number() }), { key: 'n' }), 'no required string'],
  ['no key', () => event('order.placed', 1, Id, undefined as never), 'no key is given'],
])('rejects an event with %s', (_, make, part) => {
  expect(messageOf(make)).toContain(part);
});

test.each(['id', 'kind', 'state'])('accepts a required string as the key of an event: %s', (key) => {
  expect(keyed(key).key).toBe(key);
});

test.each([
  ['an absolute folder of migrations', () => postgres({ migrations: '/migrations' }), 'migrations'],
  ['a pool of 0 connections', () => postgres({ migrations: 'm', poolSize: 0 }), 'an integer from 1 to 100'],
  ['a pool of 1.5 connections', () => postgres({ migrations: 'm', poolSize: 1.5 }), 'an integer from 1 to 100'],
  ['a name that is not a DNS label', () => postgres({ migrations: 'm', name: 'order_history' }), 'DNS label'],
])('rejects a database with %s', (_, make, part) => {
  expect(messageOf(make)).toContain(part);
});

test('rejects a secret whose name is not a DNS label', () => {
  expect(messageOf(() => secret('TOKEN_KEY', { purpose: 'x', format: 'random' }))).toContain("secret('TOKEN_KEY')");
});

test.each([
  ['a write', route('PUT', '/a', { reply, auth: 'none', cache: CACHE })],
  ['an operation for one user', get('/a', { cache: CACHE })],
])('rejects a cache of %s', (_, operation) => {
  expect(() => contract('orders', { http: { operation } })).toThrow(
    expect.objectContaining({ code: 'cache-not-allowed' }),
  );
});

test.each([
  ['of a write', route('PUT', '/a', { reply, fallback: { id: '' } })],
  ['that does not match the reply', get('/a', { fallback: {} })],
])('rejects a fallback %s', (_, operation) => {
  expect(() => contract('orders', { http: { operation } })).toThrow(
    expect.objectContaining({ code: 'fallback-invalid' }),
  );
});

test('accepts a cache of a public read, and a fallback that is one of its replies', () => {
  const read = get('/a', { auth: 'none', cache: CACHE, fallback: { id: '' } });
  expect(contract('orders', { http: { read } }).http.read.spec).toMatchObject({ fallback: { id: '' } });
});
