import { contract, Duration, type Operation, route } from '@groundwork/contract';
import { afterEach, expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { until } from '../../../test/support/until.ts';
import { Deadline } from '../deadline/deadline.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { Context } from '../operation.ts';
import { silentLog } from '../testing/run.ts';
import { type StubService, stubService } from '../testing/upstream.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { type Client, createClient } from './client.ts';

const reply = { 200: Type.Object({}) };
const stock = contract('stock', {
  http: {
    item: route('GET', '/item', { reply, timeout: Duration.millis(500) }),
    list: route('GET', '/list', { reply }),
    take: route('POST', '/take', { reply, timeout: Duration.millis(500) }),
  },
});
const shop = contract('shop', { calls: [stock.http.item, stock.http.list, stock.http.take] });

let services: StubService[] = [];
let client: Client<typeof shop>;
afterEach(async () => {
  await client.close();
  await Promise.all(services.map((service) => service.close()));
  services = [];
});

type Answer = (url: string, attempt: number) => number | 'stuck';

/** A client of as many instances as there are answers; the resolver picks the first usable one. */
async function instances(answers: readonly Answer[], maxInFlight?: number): Promise<void> {
  services = await Promise.all(
    answers.map((answer) => {
      let attempt = 0;
      return stubService(({ url = '' }, response) => {
        attempt += 1;
        const status = answer(url, attempt);
        if (status !== 'stuck') response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      });
    }),
  );
  const origins = services.map(({ url }) => url);
  const resolver = {
    pick: (_service: string, isUsable: (origin: string) => boolean = () => true) => ({
      origin: origins.find(isUsable) ?? (origins[0] as string),
      release: () => {},
    }),
    close: async () => {},
  };
  client = createClient(shop, {
    metrics: createMetrics('shop'),
    trust: undefined,
    resolver,
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
  });
}

const context = (deadline = Deadline.of(Duration.seconds(20))): Context => ({
  requestId: 'r-1',
  trace: joinTrace(undefined),
  deadline,
  log: silentLog,
});
const call = (operation: Operation, given = context()) =>
  client.call(operation as typeof stock.http.item, {}, given).then(
    ({ status }) => status,
    (error: { code: string; answered?: number }) => error.answered ?? error.code,
  );
const received = (path: string) => services.map(({ requests }) => requests.filter(({ url }) => url === path).length);

test('a breaker rejects calls to one operation, and the others of the same instance are served', async () => {
  await instances([(url) => (url === '/item' ? 503 : 200)]);
  await until(async () => (await call(stock.http.item)) === 'unavailable');
  expect(await call(stock.http.list)).toBe(200);
});

test('while the breaker of an instance is open, calls go to another', async () => {
  await instances([() => 503, () => 200]);
  await until(async () => (await call(stock.http.item)) === 200);
  const [first = 0] = received('/item');
  for (let n = 0; n < 20; n += 1) expect(await call(stock.http.item)).toBe(200);
  expect(received('/item')[0]).toBeLessThan(first + 20); // half open, it lets single calls through
});

test('after its pause, a breaker lets a call through, and closes once it succeeds', async () => {
  let well = false;
  await instances([() => (well ? 200 : 503)]);
  await until(async () => (await call(stock.http.item)) === 'unavailable');
  well = true;
  await until(async () => (await call(stock.http.item)) === 200);
});

test('a call above the maximum in progress is rejected at once, and made once there are fewer', async () => {
  await instances([(url) => (url === '/list' ? 'stuck' : 200)], 2);
  const leaving = Deadline.of(Duration.seconds(20));
  const stuck = [call(stock.http.list, context(leaving)), call(stock.http.list, context(leaving))];
  const rejected = client.call(stock.http.item, {}, context());
  await expect(rejected).rejects.toMatchObject({ code: 'unavailable', headers: { 'retry-after': '1' } });
  expect(received('/item')).toEqual([0]);
  leaving.cancel();
  await Promise.all(stuck);
  expect(await call(stock.http.item)).toBe(200);
});

test('an attempt without a response within the timeout of the operation is repeated, unless that could act twice', async () => {
  await instances([(_, attempt) => (attempt % 2 === 1 ? 'stuck' : 200)]);
  expect(await call(stock.http.item)).toBe(200);
  expect(received('/item')).toEqual([2]);
  expect(await call(stock.http.take)).toBe('deadline-exceeded');
  expect(received('/take')).toEqual([1]);
});

test('callers that leave do not open the breaker', async () => {
  await instances([(url) => (url === '/list' ? 'stuck' : 200)]);
  for (let n = 1; n <= 20; n += 1) {
    const deadline = Deadline.of(Duration.seconds(20));
    const left = call(stock.http.list, context(deadline));
    await until(() => received('/list')[0] === n);
    deadline.cancel();
    expect(await left).toBe('deadline-exceeded');
  }
});
