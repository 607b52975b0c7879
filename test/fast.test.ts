import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { allTests, fastTests, reachedFrom } from './support/jest/selection.ts';

const ROOT = join(import.meta.dirname, '..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

test('no fast test imports a helper that starts another program; openssl, which creates certificates, is on every machine', () => {
  const starts = (file: string) =>
    /^test\/support\/(?!pki|.*\.test)/.test(file) && /child_process'|'execa'/.test(text(file));
  const reaching = fastTests().flatMap((file) => [...reachedFrom(file)].filter(starts).map((to) => `${file} → ${to}`));
  expect(reaching).toEqual([]);
});

test('no fast test installs packages or builds programs', () => {
  const installs = (file: string) => /'npm', \['(?:install|ci|pack)'|'go', \['install'|'mvn'/.test(text(file));
  expect(fastTests().filter((file) => file !== 'test/fast.test.ts' && installs(file))).toEqual([]);
});

test('most tests are fast, and tests on real servers are not among them', () => {
  const [all, fast] = [allTests(), fastTests()];
  expect(fast.length).toBeGreaterThan(0.75 * all.length);
  for (const slow of [
    'services/users/users.test.ts',
    'services/kit/events/flow.test.ts',
    'test/foreign/foreign.test.ts',
  ])
    expect([all.includes(slow), fast.includes(slow)]).toEqual([true, false]);
  expect(fast).toContain('services/kit/identity/watch.test.ts');
});
