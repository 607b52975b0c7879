import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const work = mkdtempSync(join(tmpdir(), 'groundwork-foreign-'));
const MINUTES = 60_000;

/** The libraries, dependencies first. */
const libraries = ['constructs/contract', 'constructs', 'infra/bridge'];

/** A copy of the libraries' sources: packing rewrites package.json temporarily, while other tests read it. */
function copyOfSources(): string {
  const copy = join(work, 'groundwork');
  for (const path of ['package.json', 'tsconfig.json', 'constructs', 'infra/bridge'])
    cpSync(join(root, path), join(copy, path), {
      recursive: true,
      filter: (source) => !/\/(node_modules|dist)$/.test(source),
    });
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@groundwork'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@groundwork') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const [name, path] of [
    ['contract', 'constructs/contract'],
    ['constructs', 'constructs'],
    ['pulumi', 'infra/bridge'],
  ] as const)
    symlinkSync(join(copy, path), join(modules, '@groundwork', name));
  return copy;
}

let tarballs: string[];

beforeAll(async () => {
  const copy = copyOfSources();
  tarballs = [];
  for (const library of libraries) {
    const { stdout } = await execa('npm', ['pack', '--pack-destination', work, '--json', '--silent'], {
      cwd: join(copy, library),
    });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']),
    );
    expect(paths.filter((path) => /(?<!\.d)\.ts$|test/.test(path))).toEqual([]);
    tarballs.push(join(work, packed.filename));
  }
}, 5 * MINUTES);

afterAll(() => rmSync(work, { recursive: true, force: true }));

test.each([
  ['commonjs', "a CommonJS project like that of Pulumi's TypeScript template"],
  ['esm', 'an ES module project'],
])(
  '%s: %s type-checks and synthesizes its own microservice with the packed libraries',
  async (kind) => {
    const project = join(work, kind);
    cpSync(join(here, kind), project, { recursive: true });
    cpSync(join(root, 'examples/own-backing.ts'), join(project, 'index.ts'));
    await execa('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], {
      cwd: project,
    });
    await execa('node', ['node_modules/typescript/bin/tsc'], { cwd: project, all: true });
    const { stdout } = await execa('node', ['bin/index.js'], { cwd: project });
    const manifests = JSON.parse(stdout) as { kind: string; metadata: { name: string } }[];
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'Namespace/town-dev',
        'Oven/bakery-oven',
        'Secret/bakery-oven',
        'Deployment/bakery',
        'Service/bakery',
      ]),
    );
    const pods = JSON.stringify(manifests.find(({ kind }) => kind === 'Deployment'));
    expect(pods).toContain('{"name":"OVEN","value":"bakery-oven"}');
    expect(pods).toContain('"mountPath":"/var/run/bakery"');
    expect(pods).toContain('{"key":"key","path":"oven-key"}');
  },
  5 * MINUTES,
);
