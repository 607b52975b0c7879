import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret } from '@groundwork/constructs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FakeCommands, recorder } from '../tools/testing/fake-commands.ts';
import { systemOf } from '../tools/testing/system-of.ts';
import type { Cluster } from './cluster/driver.ts';
import type { Deployment } from './engine.ts';
import { PulumiEngine } from './pulumi.ts';
import { SecretsFile } from './secrets-file.ts';

const PATH = process.env.PATH;
let commands: FakeCommands;
let deployment: Deployment;
beforeEach(() => {
  commands = new FakeCommands();
  const state = mkdtempSync(join(commands.folder, 'state-'));
  const cluster = { state, kubeconfig: '/k', context: 'embedded' } as unknown as Cluster;
  const stringData = {
    pepper: deployTimeSecret('users/pepper', 'password'),
    keys: deployTimeSecret('users/keys', 'ed25519-jwks'),
  };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'users', namespace: 'shop-dev' }, stringData };
  deployment = { environment: 'dev', namespace: 'shop-dev', cluster, system: systemOf({ c: [secret] }) };
});
afterEach(() => commands.end());

/** A stack that already has these values. */
function pulumi(values: Readonly<Record<string, string>>): void {
  const config = JSON.stringify({ 'groundwork:secrets': { objectValue: values, secret: true } });
  const cases = [
    `"config --json"*) echo '${config}'`,
    `*"--secret "*) cat >> ${commands.folder}/values`,
    'version*) echo v3.276.0',
    '"stack output"*) echo {}',
    '"stack history"*) echo []',
  ];
  commands.add('pulumi', `PATH=${PATH}; case "$*" in ${cases.map((one) => `${one} ;;`).join(' ')} esac`);
}
/** An engine whose CLI is a fake, so that its program does not run. */
const engine = () => new PulumiEngine(async () => ({}), {});
const set = () => commands.calls.filter((call) => call.includes('--secret ')).map((call) => call.split(' ')[5]);

test("copies the other engine's values that are missing or different in the stack, and puts none in a command line", async () => {
  const file = SecretsFile.of(deployment.cluster, 'shop-dev');
  const [pepper, keys] = [file.value('users/pepper', 'password'), file.value('users/keys', 'ed25519-jwks')];
  pulumi({});
  await engine().deploy(deployment, recorder());
  expect(set()).toEqual(['secrets.users/keys', 'secrets.users/pepper']);
  expect(readFileSync(join(commands.folder, 'values'), 'utf8')).toBe(`${keys}${pepper}`);
  expect(commands.calls.join('\n')).not.toContain(pepper);
  pulumi({ 'users/pepper': 'a former value', 'users/keys': keys });
  await engine().deploy(deployment, recorder());
  expect(set()).toEqual(['secrets.users/keys', 'secrets.users/pepper', 'secrets.users/pepper']);
});

test('does not encrypt values again that the stack already has', async () => {
  const file = SecretsFile.of(deployment.cluster, 'shop-dev');
  pulumi({
    'users/pepper': file.value('users/pepper', 'password'),
    'users/keys': file.value('users/keys', 'ed25519-jwks'),
  });
  await engine().deploy(deployment, recorder());
  expect(set()).toEqual([]);
});
