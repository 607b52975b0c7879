import { Duration, type Operation } from '@groundwork/contract';
import { beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { Problem } from '../errors/problem.ts';
import { silentLog } from '../testing/run.ts';
import { joinTrace } from '../trace/traceparent.ts';
import { type Answering, answerCache } from './answer-cache.ts';
import type { Request } from './handlers.ts';

let now: number;
let calls: number;
let answering: () => Promise<string>;
let cached: Answering;
const ask = async (id = 'a') => {
  const request = { params: { id }, context: { requestId: 'r', trace: joinTrace(undefined), log: silentLog } };
  const { body, headers } = await cached(request as unknown as Request<Operation>);
  return [body, headers.age, headers['cache-status']];
};

beforeEach(() => {
  [now, calls] = [0, 0];
  answering = async () => `${calls}`;
  const policy = { maxAge: Duration.seconds(30), maxStale: Duration.seconds(60) };
  cached = answerCache(
    async () => {
      calls += 1;
      return { status: 200, headers: {}, body: await answering() };
    },
    { service: 'shelf', policy, timeout: Duration.seconds(1), maxSize: 10, now: () => now },
  );
});

test('a fresh answer has its age, and no mark', async () => {
  expect(await ask()).toEqual(['1', undefined, undefined]);
  now = 29_999;
  expect(await ask()).toEqual(['1', '29', undefined]);
});

test('an expired answer is sent at once, marked, and refreshed once in the background', async () => {
  await ask();
  now = 30_000;
  const slow = Promise.withResolvers<string>();
  answering = () => slow.promise;
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill(['1', '30', 'shelf; hit; ttl=-1']));
  expect(calls).toBe(2);
  slow.resolve('new');
  await until(async () => (await ask())[0] === 'new');
  expect(await ask()).toEqual(['new', '0', undefined]);
  expect(calls).toBe(2);
});

test('while no new answer can be had, the stale one is sent until it is too old', async () => {
  await ask();
  answering = () => Promise.reject(new Problem('unavailable'));
  now = 90_000;
  expect(await ask()).toEqual(['1', '90', 'shelf; hit; ttl=-60']);
  now = 90_001;
  await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
});

test('an answer is dropped when its refresh says that there is none', async () => {
  await ask();
  now = 31_000;
  answering = () => Promise.reject(new Problem('not-found'));
  await ask();
  await until(() =>
    ask().then(
      () => false,
      () => true,
    ),
  );
  await expect(ask()).rejects.toMatchObject({ code: 'not-found' });
});

test('the size of all answers is bounded; the oldest is dropped', async () => {
  answering = async () => 'four';
  for (const id of ['a', 'b', 'c']) await ask(id);
  await ask('c');
  expect(calls).toBe(3);
  await ask('a');
  expect(calls).toBe(4);
});
