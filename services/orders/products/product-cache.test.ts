import { Duration } from '@groundwork/contract';
import { beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { joinTrace } from '../../kit/index.ts';
import { silentLog } from '../../kit/testing/run.ts';
import { detachedContext } from '../context.ts';
import { type ProductCache, productCache } from './product-cache.ts';

const context = () => detachedContext(Duration.seconds(5), silentLog, joinTrace(undefined));
let now: number;
let price: number;
let fetched: string[][];
let fail: boolean;
let cache: ProductCache;
beforeEach(() => {
  [now, price, fetched, fail] = [0, 100, [], false];
  cache = productCache({
    fetch: async (ids) => {
      fetched.push([...ids]);
      if (fail) throw new Error('unavailable');
      return ids
        .filter((id) => id !== 'unknown')
        .map((id) => ({ id, name: id, description: '', category: '', price: { amount: price, currency: 'EUR' } }));
    },
    background: context,
    log: silentLog,
    fresh: Duration.seconds(30),
    maxAge: Duration.minutes(10),
    maxEntries: 3,
    now: () => now,
  });
});
const priceOf = async (id: string) => (await cache.find([id], context())).get(id)?.price.amount;

test('a fresh product is not fetched again, and an unknown one is left out', async () => {
  expect([await priceOf('a'), await priceOf('a'), await priceOf('unknown')]).toEqual([100, 100, undefined]);
  expect(fetched).toEqual([['a'], ['unknown']]);
});

test('a stale product is used at once, and refreshed in the background', async () => {
  await priceOf('a');
  [now, price] = [31_000, 200];
  expect(await priceOf('a')).toBe(100);
  await until(async () => (await priceOf('a')) === 200);
  expect(fetched).toHaveLength(2);
});

test('while the catalog is unavailable a stale product is used, until it is too old', async () => {
  await priceOf('a');
  fail = true;
  now = 600_000;
  expect(await priceOf('a')).toBe(100);
  now = 600_001;
  await expect(priceOf('a')).rejects.toThrow('unavailable');
});

test('the number of products in memory is bounded', async () => {
  for (const id of ['a', 'b', 'c', 'd']) await priceOf(id);
  await priceOf('d');
  await priceOf('a');
  expect(fetched).toEqual([['a'], ['b'], ['c'], ['d'], ['a']]);
});
