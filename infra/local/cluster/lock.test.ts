import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { withLock } from './lock.ts';

const silent = { step: () => {}, say: () => {}, skipped: () => {} };

test('work under one lock never overlaps, and a failure releases the lock', async () => {
  const file = join(temporaryFolder('lock'), 'a/lock');
  let inside = 0;
  const work = (fails: boolean) =>
    withLock(file, silent, async () => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(30);
      inside -= 1;
      if (fails) throw new Error('on purpose');
      return 'done';
    });
  const results = await Promise.allSettled([work(false), work(true), work(false)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
