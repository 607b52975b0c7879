import { expect, test } from '@jest/globals';
import { sample } from './check.ts';
import { checkImage, checks } from './index.ts';

test.each(checks)(
  'law: $id passes its good sample and finds what is in its bad one',
  ({ id, finds, passes, fails }) => {
    expect(finds(passes)).toEqual([]);
    expect(finds(fails)).toHaveLength(1);
    expect(checkImage(fails).map((finding) => finding.id)).toContain(id);
  },
);

test("law: the checks are Dockle's, each once", () => {
  const cis = ['0001', '0005', '0006', '0007', '0008', '0009', '0010'].map((number) => `CIS-DI-${number}`);
  const docker = ['1', '2', '3', '4', '5', '6'].map((number) => `DKL-DI-000${number}`);
  const linux = ['1', '2', '3'].map((number) => `DKL-LI-000${number}`);
  expect(checks.map(({ id }) => id)).toEqual([...cis, ...docker, ...linux]);
});

test('a good image has no finding at all', () => {
  expect(checkImage(sample())).toEqual([]);
});

test("a finding names a secret's variable and never its value", () => {
  expect(JSON.stringify(checkImage(sample({ env: ['DB_PASSWORD=hunter2'] })))).not.toContain('hunter2');
});
