import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { FakeCommands } from '../tools/testing/fake-commands.ts';
import { systemOf } from '../tools/testing/system-of.ts';
import type { Program } from './program.ts';
import { rotate, secrets } from './secrets.ts';

const PATH = process.env.PATH;
let commands: FakeCommands;
let printed: string[];
beforeEach(() => {
  commands = new FakeCommands();
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)));
});
afterEach(() => {
  commands.end();
  jest.restoreAllMocks();
});

const manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'mail', namespace: 'shop' },
  stringData: { login: deployTimeSecret('mail/login', 'password') },
};
const environment = (name: string, context?: string) => ({ name, namespace: 'shop', context, registry: undefined });
const program = {
  environments: { dev: environment('dev'), production: environment('production', 'shop-production') },
  localEnvironment: 'dev',
  compose: () => systemOf({ c: [manifest] }),
} as unknown as Program;

/** A cluster with the Secret, last written an hour ago, and a stack with its value. */
function production(): void {
  const time = new Date(Date.now() - 3_600_000).toISOString();
  const live = {
    ...manifest,
    metadata: { ...manifest.metadata, managedFields: [{ time, fieldsV1: { 'f:data': { 'f:login': {} } } }] },
  };
  const kubectl = [
    `*get-contexts*) echo shop-production`,
    `*"get secrets"*) echo '${JSON.stringify({ items: [live] })}'`,
    `*"get Secret"*) echo '${JSON.stringify(live)}'`,
  ];
  const pulumi = [
    `"stack ls"*) echo '[{"name":"production"}]'`,
    `"config --json"*) echo '{"shop:secrets":{"objectValue":{"mail/login":"${'v'.repeat(43)}"}}}'`,
    '"config set"*) cat > /dev/null',
  ];
  for (const [name, cases] of Object.entries({ kubectl, pulumi }))
    commands.add(name, `PATH=${PATH}; case "$*" in ${cases.map((one) => `${one} ;;`).join(' ')} esac`);
}

test('lists the secrets of an environment whose cluster is unreachable, and where their ages are recorded', async () => {
  commands.add('kubectl', '[ "$1" = config ] && echo another');
  await secrets(program, { environment: 'production' });
  expect(printed.join('\n')).toMatch(
    /mail\/login .* not created yet[\s\S]*ages are recorded in the cluster of production: [\s\S]*names the context 'shop-production'/,
  );
});

test("lists them with the cluster's ages, and no value", async () => {
  production();
  await secrets(program, { environment: 'production' });
  expect(printed.join('\n')).toMatch(/mail\/login .* 60 min /);
  expect(printed.join('\n')).not.toContain('vvv');
});

test('rotates a secret of production in its stack, independent of the engine of dev, and names the file to commit', async () => {
  production();
  await rotate(program, 'mail/login', { environment: 'production' });
  expect(
    commands.calls
      .filter((call) => /^pulumi (config set|up)/.test(call))
      .map((call) => call.split(' ').slice(0, 3).join(' ')),
  ).toEqual(['pulumi config set', 'pulumi up --yes']);
  expect(commands.calls.filter((call) => call.includes(' apply '))).toEqual([]);
  expect(printed.at(-1)).toBe('Pulumi.production.yaml has the rotated value, encrypted: commit it');
});

test.each([
  ['an unknown environment', { environment: 'nowhere' }, /there is no environment 'nowhere'[\s\S]*dev, production/],
  [
    "production by dev's engine",
    { environment: 'production', engine: 'apply' as const },
    /only dev is deployed by 'apply'/,
  ],
])('rejects %s, and runs nothing', async (_, options, message) => {
  production();
  await expect(rotate(program, 'mail/login', options)).rejects.toThrow(message);
  expect(commands.calls.filter((call) => call.startsWith('pulumi'))).toEqual([]);
});
