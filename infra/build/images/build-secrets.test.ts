import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { buildSecrets } from './build-secrets.ts';

const before = { ...process.env };
let folder: string;

/** npm on this machine has these settings, and `~/.npmrc` this text. */
function npm(npmrc: string, settings: Readonly<Record<string, string>> = {}): void {
  const file = join(folder, 'npmrc');
  writeFileSync(file, npmrc);
  process.env.npm_config_userconfig = file;
  for (const [name, value] of Object.entries(settings)) process.env[`npm_config_${name}`] = value;
}

beforeEach(() => {
  folder = temporaryFolder('build-secrets');
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** A variable, as npm's configuration has it. */
const variable = (name: string): string => `\${${name}}`;

test('the registry and the credentials of this machine reach a build as one secret, not as arguments', async () => {
  process.env.NPM_TEST_TOKEN = 'canary';
  npm(`//registry.example/:_authToken=${variable('NPM_TEST_TOKEN')}\nleft=${variable('NPM_TEST_UNSET')}`, {
    registry: 'https://registry.example/',
  });
  const { args, env } = await buildSecrets(folder);
  const lines = env.GROUNDWORK_NPMRC?.split('\n');
  expect(lines).toContain('//registry.example/:_authToken=canary');
  expect(lines).toContain(`left=${variable('NPM_TEST_UNSET')}`);
  expect(lines).toContain('registry=https://registry.example/');
  expect(args).toContain('id=npmrc,env=GROUNDWORK_NPMRC');
  expect(args.join(' ')).not.toContain('canary');
});

test("npm's own authorities come before those of the system", async () => {
  const authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, '');
  npm('', { cafile: authorities });
  const { args, env } = await buildSecrets(folder);
  expect(args).toContain(`id=authorities,src=${authorities}`);
  expect(env.GROUNDWORK_NPMRC).toContain('cafile=/run/secrets/authorities');
});

test('a machine without npm builds with npm’s defaults', async () => {
  process.env.PATH = folder;
  const { args, env } = await buildSecrets(folder);
  expect(args.slice(0, 2)).toEqual(['--secret', 'id=npmrc,env=GROUNDWORK_NPMRC']);
  expect(env.GROUNDWORK_NPMRC).not.toContain('registry=');
});
