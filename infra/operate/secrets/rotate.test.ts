import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SecretsFile } from '../../deploy/index.ts';
import { FakeCommands, recorder } from '../../tools/testing/fake-commands.ts';
import { systemOf } from '../../tools/testing/system-of.ts';
import { rotate } from './rotate.ts';

const PATH = process.env.PATH;
let commands: FakeCommands;
let cluster: { kubectl: string[]; state: string };
beforeEach(() => {
  commands = new FakeCommands();
  kubectl(`apply) cat >> ${commands.folder}/applied`);
  cluster = { kubectl: [join(commands.folder, 'kubectl')], state: mkdtempSync(join(commands.folder, 'state-')) };
});
afterEach(() => commands.end());

/** A kubectl for which every object exists; shell cases add other behavior. */
function kubectl(...cases: readonly string[]): void {
  commands.add(
    'kubectl',
    `PATH=${PATH}; case "$1" in get) echo '{}' ;; ${cases.map((one) => `${one} ;;`).join(' ')} esac`,
  );
}

const object = (kind: string, name: string, rest: object, byHand = 'passphrase') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop-dev', annotations: { 'groundwork/by-hand': byHand } },
  ...rest,
});
const stringData = {
  pepper: deployTimeSecret('pepper', 'password'),
  keys: deployTimeSecret('keys', 'ed25519-jwks'),
  passphrase: deployTimeSecret('passphrase', 'key'),
};
const system = systemOf({
  c: [
    object('Secret', 's', { stringData }),
    object('Deployment', 'users', { spec: { template: { spec: { volumes: [{ secret: { secretName: 's' } }] } } } }),
    object('Deployment', 'catalog', {}),
  ],
});
const turn = (name: string, given?: string) =>
  rotate({ name, cluster, namespace: 'shop-dev', system, ...(given === undefined ? {} : { given }) }, recorder());
const value = (name: string): string => SecretsFile.of(cluster, 'shop-dev').value(name, 'password');

test('the cluster has the new value before its readers restart, and no command line has it', async () => {
  const before = value('pepper');
  expect(await turn('pepper')).toBe('pepper: rotated; restarted: deployment/users');
  expect(value('pepper')).not.toBe(before);
  expect(readFileSync(join(commands.folder, 'applied'), 'utf8')).toContain(value('pepper'));
  expect(commands.calls.map((call) => call.split(' ').slice(1, 4).join(' '))).toEqual([
    'get Secret s',
    'apply --server-side --force-conflicts',
    'rollout restart deployment/users',
    'rollout status deployment/users',
  ]);
  expect(commands.calls.join('\n')).not.toContain(value('pepper'));
});

test('a key set restarts nothing: it is reloaded', async () => {
  await turn('keys');
  expect(commands.calls.map((call) => call.split(' ')[1])).toEqual(['get', 'apply']);
});

test('a third-party value is stored as given, and never replaced by a generated one', async () => {
  await turn('pepper', 'third-party');
  expect(value('pepper')).toBe('third-party');
  await expect(turn('pepper')).rejects.toThrow(/issued by a third party[\s\S]*--from/);
  expect(value('pepper')).toBe('third-party');
});

test('a value that a third party issues is stored before the first deploy, and rotated only if it is passed', async () => {
  const keys = { stringData: { url: deployTimeSecret('mail/url', 'given') } };
  const mail = systemOf({ c: [object('Secret', 'mail', keys)] });
  const rotation = { name: 'mail/url', cluster, namespace: 'shop-dev', system: mail };
  await expect(rotate(rotation, recorder())).rejects.toThrow(/issued by a third party[\s\S]*--from/);
  commands.add('kubectl', ''); // not deployed
  expect(await rotate({ ...rotation, given: 'smtps://a' }, recorder())).toMatch(/stored; the next deploy applies it/);
  expect(SecretsFile.of(cluster, 'shop-dev').value('mail/url', 'given')).toBe('smtps://a');
});

test('a value that a system did not accept is not stored: the next deploy applies the one that works', async () => {
  kubectl('exec) cat >&2; exit 1');
  const keys = { stringData: { gossip: deployTimeSecret('consul/gossip', 'key') } };
  const before = SecretsFile.of(cluster, 'shop-dev').value('consul/gossip', 'key');
  const server = systemOf({ c: [object('Secret', 'consul-server', keys, 'gossip')] });
  const rotation = { name: 'consul/gossip', cluster, namespace: 'shop-dev', system: server };
  await expect(rotate(rotation, recorder())).rejects.toThrow(/\(secret\)[\s\S]*consul\/gossip/);
  expect(SecretsFile.of(cluster, 'shop-dev').value('consul/gossip', 'key')).toBe(before);
  expect(commands.calls.filter((call) => call.includes('apply'))).toEqual([]);
});

test.each([
  ['an unknown name', 'salt', /no secret of this name[\s\S]*keys, passphrase, pepper/],
  ['what is rotated by hand', 'passphrase', /would break access/],
])('rejects %s, and changes nothing', async (_, name, message) => {
  await expect(turn(name)).rejects.toThrow(message);
  expect(commands.calls.filter((call) => !call.startsWith('kubectl get'))).toEqual([]);
});

test('rejects what is not deployed, and keeps its value', async () => {
  const before = value('pepper');
  commands.add('kubectl', '');
  await expect(turn('pepper')).rejects.toThrow(/not deployed: the cluster has no Secret 's'[\s\S]*npm start/);
  expect(commands.calls).toHaveLength(1);
  expect(value('pepper')).toBe(before);
});

test('an error of the API server is quoted without the value', async () => {
  kubectl('apply) cat >&2; exit 1');
  const said = await turn('pepper').catch((error: Error) => error.message);
  expect(said).toContain('"pepper":"(secret)"');
});
