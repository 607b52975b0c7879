import { expect, test } from '@jest/globals';
import { chooseDriver } from './choose.ts';
import type { Check, ClusterDriver } from './driver.ts';

const driver = (name: string, check: Check): ClusterDriver => ({
  name,
  check: async () => check,
  up: () => Promise.reject(new Error('a choice starts nothing')),
  find: async () => undefined,
  down: async () => [],
});
const yes = (why: string): Check => ({ usable: true, why });
const no = (why: string, fix: string): Check => ({ usable: false, why, fix });
const drivers = (context: Check, kind: Check, embedded: Check): readonly ClusterDriver[] => [
  driver('context', context),
  driver('kind', kind),
  driver('embedded', embedded),
];

test('selects the first available one, in the order context, kind, embedded', async () => {
  const all = drivers(yes('the config names it'), yes('Docker answers'), yes('this is Linux as root'));
  expect(await chooseDriver(all)).toMatchObject({ driver: { name: 'context' }, why: 'the config names it' });
  expect(await chooseDriver(all.slice(1))).toMatchObject({ driver: { name: 'kind' } });
});

test('skips unavailable ones', async () => {
  const all = drivers(no('not named', 'name it'), no('no Docker', 'start it'), yes('this is Linux as root'));
  expect(await chooseDriver(all)).toMatchObject({ driver: { name: 'embedded' }, why: 'this is Linux as root' });
});

test('selects the requested one, although an earlier one is available', async () => {
  const all = drivers(yes(''), yes(''), yes('this is Linux as root'));
  expect(await chooseDriver(all, 'embedded')).toMatchObject({
    driver: { name: 'embedded' },
    why: 'requested, and this is Linux as root',
  });
});

test('fails with the reason of the requested one, although another is available', async () => {
  const all = drivers(yes(''), no('no Docker daemon answers', 'start Docker'), yes(''));
  await expect(chooseDriver(all, 'kind')).rejects.toMatchObject({
    where: '--cluster kind',
    problem: expect.stringContaining('no Docker daemon answers'),
    fix: 'start Docker',
  });
});

test('none available: one error lists the drivers, each with its reason and fix', async () => {
  const all = drivers(no('reason one', 'fix one'), no('reason two', 'fix two'), no('reason three', 'fix three'));
  const failure = chooseDriver(all);
  await expect(failure).rejects.toMatchObject({ name: 'ConfigurationError' });
  for (const text of [
    'context: reason one',
    'fix one',
    'kind: reason two',
    'fix two',
    'embedded: reason three',
    'fix three',
  ]) {
    await expect(failure).rejects.toThrow(text);
  }
});
