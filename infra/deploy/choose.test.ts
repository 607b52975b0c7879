import { ConfigurationError } from '@groundwork/contract';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FakeCommands, recorder } from '../tools/testing/fake-commands.ts';
import { chooseEngine } from './choose.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

const source = {
  program: async () => ({}),
  build: async () => {
    throw new ConfigurationError({
      code: 'engine-unavailable',
      where: '--engine',
      problem: 'no Go',
      fix: 'install it',
    });
  },
};
const withPulumi = (plugins: object[]): void =>
  commands.add('pulumi', `[ "$1" = plugin ] && echo '${JSON.stringify(plugins)}'; exit 0`);

test('selects Pulumi where its CLI and the Kubernetes provider are installed', async () => {
  withPulumi([{ name: 'kubernetes', kind: 'resource' }]);
  expect((await chooseEngine(undefined, source, recorder())).engine.name).toBe('pulumi');
});

test('without the CLI selects apply, and reports that Pulumi was skipped', async () => {
  const progress = recorder();
  expect((await chooseEngine(undefined, source, progress)).engine.name).toBe('apply');
  expect(progress.said).toEqual([expect.stringMatching(/^Pulumi: no `pulumi` CLI on PATH/)]);
});

test('a CLI without the provider is not enough', async () => {
  withPulumi([{ name: 'random', kind: 'resource' }]);
  expect(await chooseEngine(undefined, source, recorder())).toMatchObject({
    engine: { name: 'apply' },
    why: 'the Pulumi CLI has no Kubernetes provider',
  });
});

test('Pulumi requested by name but not installed is built, and an error if that fails, not a fallback', async () => {
  await expect(chooseEngine('pulumi', source, recorder())).rejects.toThrow('no Go');
  const built = { ...source, build: async () => ({ root: '/built' }) };
  expect(await chooseEngine('pulumi', built, recorder())).toMatchObject({ engine: { name: 'pulumi' } });
});

test('Pulumi requested by name without its provider is an error: an installed CLI is not replaced', async () => {
  withPulumi([]);
  await expect(chooseEngine('pulumi', source, recorder())).rejects.toThrow(/plugin install resource kubernetes/);
});

test('apply requested by name does not look for Pulumi', async () => {
  withPulumi([{ name: 'kubernetes', kind: 'resource' }]);
  expect((await chooseEngine('apply', source, recorder())).engine.name).toBe('apply');
  expect(commands.calls).toEqual([]);
});
