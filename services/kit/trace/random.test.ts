import { expect, test } from '@jest/globals';
import { randomHex } from './random.ts';

test('returns two digits per byte, and never the same ones again, however often the pool is refilled', () => {
  const drawn = Array.from({ length: 2000 }, () => randomHex(16));
  for (const each of drawn) expect(each).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(drawn).size).toBe(drawn.length);
});
