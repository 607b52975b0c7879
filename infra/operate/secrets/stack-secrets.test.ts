import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SecretsFile, Stack } from '../../deploy/index.ts';
import { FakeCommands, recorder } from '../../tools/testing/fake-commands.ts';
import { systemOf } from '../../tools/testing/system-of.ts';
import { rotate } from './rotate.ts';
import { StackSecrets } from './stack-secrets.ts';

const PATH = process.env.PATH;
const VALUES = { pepper: 'p'.repeat(43), pager: 'a third-party token', 'users/keys': '{"keys":[{"kid":"old"}]}' };
let commands: FakeCommands;
let cluster: { kubectl: string[]; state: string };
beforeEach(() => {
  commands = new FakeCommands();
  commands.add('kubectl', `[ "$1" = get ] && echo '{}'; exit 0`);
  pulumi();
  cluster = { kubectl: [join(commands.folder, 'kubectl')], state: mkdtempSync(join(commands.folder, 'state-')) };
});
afterEach(() => commands.end());

/** A stack with these values; shell cases add other behavior. */
function pulumi(...cases: readonly string[]): void {
  const config = JSON.stringify({
    'groundwork:context': { value: 'x' },
    'groundwork:secrets': { objectValue: VALUES, secret: true },
  });
  const own = [
    `"stack ls"*) echo '[{"name":"shop/production"}]'`,
    `"config --json"*) echo '${config}'`,
    `"config set"*) cat > ${commands.folder}/value`,
    `up*) echo 'the output of an update'`,
  ];
  commands.add('pulumi', `PATH=${PATH}; case "$*" in ${[...cases, ...own].map((one) => `${one} ;;`).join(' ')} esac`);
}

const object = (kind: string, name: string, rest: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  ...rest,
});
const stringData = {
  pepper: deployTimeSecret('pepper', 'password'),
  pager: deployTimeSecret('pager', 'password'),
  keys: deployTimeSecret('users/keys', 'ed25519-jwks'),
};
const system = systemOf({
  c: [
    object('Secret', 's', { stringData }),
    object('Deployment', 'users', { spec: { template: { spec: { volumes: [{ secret: { secretName: 's' } }] } } } }),
  ],
});
const turn = async (name: string, given?: string, file?: SecretsFile) => {
  const open = async () => StackSecrets.of(await Stack.shared('production'), file);
  return rotate(
    { name, cluster, namespace: 'shop', system, open, ...(given === undefined ? {} : { given }) },
    recorder(),
  );
};
const written = () => readFileSync(join(commands.folder, 'value'), 'utf8');
const done = () => commands.calls.filter((call) => !/^(kubectl get|pulumi stack ls|pulumi config --json)/.test(call));

test('the configuration is set first, then the Secret is deployed, then pods restart; no command line has a value', async () => {
  expect(await turn('pepper')).toBe('pepper: rotated; restarted: deployment/users');
  expect(written()).toMatch(/^[\w-]{43}$/);
  expect(done()).toEqual([
    'pulumi config set --secret --path secrets.pepper --non-interactive --stack shop/production',
    'pulumi up --yes --skip-preview --suppress-outputs --target **::Secret/shop/s --non-interactive --stack shop/production',
    'kubectl rollout restart deployment/users --namespace shop',
    'kubectl rollout status deployment/users --namespace shop --timeout=5m',
  ]);
  for (const value of [...Object.values(VALUES), written()]) expect(commands.calls.join('\n')).not.toContain(value);
});

test('a key set keeps its former key after the new one', async () => {
  await turn('users/keys');
  const { keys } = JSON.parse(written()) as { keys: { kid: string }[] };
  expect(keys.map(({ kid }) => kid)).toEqual([expect.not.stringMatching('old'), 'old']);
});

test('a value that does not look generated is third-party: only a given value may follow', async () => {
  await expect(turn('pager')).rejects.toThrow(/issued by a third party[\s\S]*--from/);
  expect(done()).toEqual([]);
  await turn('pager', 'their next token');
  expect(written()).toBe('their next token');
});

test('on a cluster of this machine the other engine’s file has the value too, with whether it was given', async () => {
  const file = () => SecretsFile.of(cluster, 'shop');
  await turn('pager', undefined, file());
  expect(file().kept('pager')).toMatchObject({ value: written(), given: false });
  await turn('pager', 'their next token', file());
  await expect(turn('pager', undefined, file())).rejects.toThrow(/issued by a third party/);
});

test('a failed update is quoted without values, and the configuration keeps the value that the cluster may have', async () => {
  pulumi(`up*) echo "error: $(cat ${commands.folder}/value) and ${VALUES.pager}"; exit 255`);
  const said = await turn('pepper').catch((error: Error) => error.message);
  expect(said).toContain('error: (secret) and (secret)');
  expect(done().at(-1)).toContain('pulumi up');
});

test.each([
  [
    'no stack of this name',
    () => commands.add('pulumi', "echo '[]'"),
    /the backend has no stack of this name[\s\S]*pulumi stack init production/,
  ],
  ['no login', () => commands.add('pulumi', 'exit 1'), /can't list the stacks[\s\S]*pulumi login/],
  ['no CLI', () => commands.remove('pulumi'), /there is no `pulumi` CLI on PATH/],
])('reports %s', async (_, make, message) => {
  make();
  await expect(Stack.shared('production')).rejects.toThrow(message);
});
