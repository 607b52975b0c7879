import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { checkPassword, hashPassword } from './password.ts';

/** How often the event loop turns while work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, done] = [0, false];
  const finished = work.finally(() => {
    done = true;
  });
  while (!done) {
    await setImmediate();
    turns += 1;
  }
  await finished;
  return turns;
}

test('the event loop turns while passwords are hashed and verified, on other threads', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(await turnsDuring(hashPassword('correct horse battery'))).toBeGreaterThan(10);
  expect(await turnsDuring(checkPassword('correct horse battery', hash))).toBeGreaterThan(10);
});

test('a password is verified against its hash; without an account none is right', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(await checkPassword('correct horse battery', hash)).toBe(true);
  expect(await checkPassword('wrong', hash)).toBe(false);
  expect(await checkPassword('correct horse battery', undefined)).toBe(false);
});
