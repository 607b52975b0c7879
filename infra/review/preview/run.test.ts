import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { execa } from 'execa';
import { runPreview } from './run.ts';

/**
 * A snapshot program that prints the objects of `objects.json`, and any other part of a snapshot from `more.json`:
 * nothing to install, nothing to synthesize.
 */
const PROGRAM = `import { existsSync, readFileSync } from 'node:fs';
const file = (name) => new URL('../' + name, import.meta.url);
const names = JSON.parse(readFileSync(file('objects.json'), 'utf8'));
const more = existsSync(file('more.json')) ? JSON.parse(readFileSync(file('more.json'), 'utf8')) : {};
const entry = (name) => ({ chart: 'c', path: name, why: name, manifest: { apiVersion: 'v1', kind: name.startsWith('claim') ? 'PersistentVolumeClaim' : 'ConfigMap', metadata: { name, namespace: 'n' }, data: { a: name } }, source: 'stacks/snapshot.ts:3' });
process.stdout.write(JSON.stringify({ environments: { dev: names.map(entry) }, contracts: [], exceptions: [], ...more }));
`;
/** The program of versions without snapshots: it writes manifests to files. */
const OLD_PROGRAM = `import { mkdirSync, writeFileSync } from 'node:fs';
const out = process.env.CDK8S_OUTDIR + '/dev';
mkdirSync(out, { recursive: true });
writeFileSync(out + '/c.yaml', 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: kept, namespace: n }\\ndata: { a: old }\\n');
`;
const LOCK = '{ "lockfileVersion": 3, "packages": {} }';

let root: string;
let said: string;
const cache = process.env.GROUNDWORK_CACHE;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'groundwork-preview-test-'));
  process.env.GROUNDWORK_CACHE = join(root, '.git', 'cache');
  said = '';
  const hear = (text: unknown) => {
    said += `${text}\n`;
  };
  jest.spyOn(console, 'log').mockImplementation(hear);
  jest.spyOn(console, 'error').mockImplementation(hear);
  await git('init', '--quiet', '--initial-branch=main');
  await commit('first', {
    'stacks/snapshot.ts': PROGRAM,
    'objects.json': '["kept"]',
    'package-lock.json': LOCK,
    'node_modules/.keep': '',
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
  if (cache === undefined) delete process.env.GROUNDWORK_CACHE;
  else process.env.GROUNDWORK_CACHE = cache;
  await rm(root, { recursive: true, force: true });
});

const git = (...args: string[]) =>
  execa('git', [
    '-C',
    root,
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@localhost',
    '-c',
    'commit.gpgsign=false',
    ...args,
  ]);

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function commit(message: string, files: Readonly<Record<string, string>>): Promise<string> {
  await write(files);
  await git('add', '--all');
  await git('commit', '--quiet', '--no-verify', '-m', message);
  return (await git('rev-parse', 'HEAD')).stdout;
}

/** Runs the command. @returns the exit code and the comment */
async function preview(...argv: string[]): Promise<{ code: number; comment: string | undefined }> {
  const out = join(root, '.git', 'out');
  await runPreview(
    {
      root,
      programs: { snapshot: 'stacks/snapshot.ts', synth: 'stacks/cdk8s.ts' },
      layout: { contracts: ['contracts'], environment: (name) => `environments/${name}.ts` },
      migrations: 'services/*/migrations/*.sql',
      prices: { currency: 'EUR', cpu: 1, memory: 1, storage: 1 } as never,
      live: () => Promise.reject(new Error('not asked for')),
    },
    ['--out', out, ...argv],
  );
  const comment = await readFile(join(out, 'preview.md'), 'utf8').catch(() => undefined);
  return { code: Number(process.exitCode ?? 0), comment };
}

test('reports what the working tree changes against the merge base', async () => {
  await git('switch', '--quiet', '--create', 'change');
  await write({ 'objects.json': '["kept", "fresh"]' });
  const { code, comment } = await preview('--base', 'main');
  expect(code).toBe(0);
  expect(comment).toContain('| dev | 1 | · | · | · | · | · |');
});

test('lists new migrations with what they risk, and those that are edited or deleted', async () => {
  const [old, gone] = ['services/users/migrations/1_a.sql', 'services/users/migrations/2_b.sql'];
  await commit('migrations', { [old]: 'SELECT 1;', [gone]: 'SELECT 2;', 'services/users/other.sql': 'DROP TABLE c;' });
  await git('switch', '--quiet', '--create', 'change');
  await git('rm', '--quiet', gone);
  await commit('more', { [old]: 'SELECT 3;', 'services/users/migrations/3_c.sql': '-- Up Migration\nDROP TABLE b;' });
  await write({ 'services/mail/migrations/1_new.sql': 'CREATE TABLE a (b int NOT NULL);' });
  for (const head of [[], ['--head', 'change']]) {
    const { comment = '' } = await preview('--base', 'main', ...head);
    const plain = comment.replaceAll(/<[^>]*>|[*`\\]/g, '');
    const row = (text: string) => expect(plain).toContain(text);
    row('migration services/users/migrations/3_c.sql');
    row('DROP TABLE b deletes its data');
    row('services/users/migrations/3_c.sql:2');
    row('it is edited: databases in which it has run stay as they are');
    row('it is deleted: databases in which it has run stay as they are');
    expect(plain.includes('1_new.sql')).toBe(head.length === 0);
    expect(plain).not.toContain('other.sql');
  }
});

describe('a finding names its place in the source, and --fail-on exits with 2', () => {
  beforeEach(async () => {
    await commit('claims', { 'objects.json': '["kept", "claim"]', 'other.json': '[]' });
    await git('switch', '--quiet', '--create', 'change');
    await commit('none left', { 'objects.json': '["kept"]' });
  });
  const place = async (...argv: string[]) => {
    const { code, comment = '' } = await preview('--base', 'main', '--fail-on', 'critical', ...argv);
    return [
      code,
      /PersistentVolumeClaim\/claim[\s\S]*?((?:changed|created) at <code>[^<]*)<\/code>/
        .exec(comment)?.[1]
        ?.replace('<code>', ''),
    ];
  };

  test('the changed line, if the commit changes nothing else', async () => {
    expect(await place('--head', 'change')).toEqual([2, 'changed at objects.json:1']);
    await write({ 'README.md': 'prose' });
    expect(await place()).toEqual([2, 'changed at objects.json:1']);
  });

  test('the call that created the object, if another change could be the cause, such as an untracked file', async () => {
    await write({ 'new.json': '[]' });
    expect(await place()).toEqual([2, 'created at stacks/snapshot.ts:3 in the base']);
    await commit('other', { 'other.json': '[1]' });
    expect(await place('--head', 'change')).toEqual([2, 'created at stacks/snapshot.ts:3 in the base']);
  });
});

describe("Pulumi's preview, which runs the working tree, with a commit as head", () => {
  const path = process.env.PATH;
  beforeEach(async () => {
    const bin = join(root, '.git', 'bin');
    await write({
      '.git/bin/pulumi': `#!/bin/sh\ncase "$1" in stack) echo '[{"name":"dev"}]' ;; preview) echo '{"steps":[]}' ;; esac\n`,
    });
    await chmod(join(bin, 'pulumi'), 0o755);
    process.env.PATH = `${bin}${delimiter}${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
  });
  const remarks = async (head: string): Promise<string | undefined> =>
    (await preview('--base', 'main', '--head', head, '--pulumi')).comment
      ?.split('\n')
      .filter((line) => line.startsWith('>'))
      .join('\n');

  test('is joined, with a remark on uncommitted changes', async () => {
    expect(await remarks('HEAD')).not.toMatch(/uncommitted/);
    await write({ 'objects.json': '["kept", "fresh"]' });
    expect(await remarks('HEAD')).toMatch(/has uncommitted changes that are not part of the head: objects\.json/);
  });

  test('is not joined if another commit is checked out', async () => {
    const first = (await git('rev-parse', 'HEAD')).stdout;
    await commit('second', { 'objects.json': '["a"]' });
    expect(await remarks(first)).toMatch(/it runs the working tree, but the head is another commit/);
  });
});

describe('an unavailable base can not be compared: nothing counts as created', () => {
  test.each([
    [
      'whose program throws an error',
      { 'stacks/snapshot.ts': 'throw new TypeError("the base is broken");' },
      /the base is broken/,
    ],
    [
      'whose program prints another text',
      { 'stacks/snapshot.ts': 'console.log("hello")' },
      /must print a snapshot as JSON/,
    ],
    ['without a valid program', { 'stacks/snapshot.ts': '', 'objects.json': '' }, /must print a snapshot as JSON/],
    [
      'whose packages can not be installed',
      {
        'package-lock.json': '{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "absent": "1" } } } }',
        'package.json': '{',
      },
      /can't be installed/,
    ],
  ])('%s', async (_, files, why) => {
    await commit('broken', files);
    await git('switch', '--quiet', '--create', 'change');
    await commit('fixed', {
      'stacks/snapshot.ts': PROGRAM,
      'objects.json': '["kept", "fresh"]',
      'package-lock.json': LOCK,
      'package.json': '{}',
    });
    const { code, comment } = await preview('--base', 'main');
    expect(said).toMatch(why);
    expect(code).toBe(1);
    expect(comment).toMatch(/### Nothing can be compared: 1 critical finding needs a look/);
    expect(comment).toMatch(/🔴 \*\*the base\*\* it can't be compared, since the base can't be synthesized/);
    expect(comment).toContain('| dev | ? | ? | ? | ? | ? | **1** |');
    expect((await preview('--base', 'main', '--fail-on', 'critical')).code).toBe(2);
  });
});

test('a base without a snapshot program is read from its manifests, and the comment states what is not checked', async () => {
  await git('rm', '--quiet', 'stacks/snapshot.ts');
  await commit('old', { 'stacks/cdk8s.ts': OLD_PROGRAM });
  await git('switch', '--quiet', '--create', 'change');
  await commit('new', { 'stacks/snapshot.ts': PROGRAM });
  const { comment } = await preview('--base', 'main', '--head', 'change');
  expect(comment).toContain('The snapshot of the base has no contracts');
  expect(comment).toContain('| dev | · | 1 | · | · | · | · |');
});

test('branches without a common ancestor are compared as they are, with a remark', async () => {
  await git('switch', '--quiet', '--orphan', 'other');
  await commit('elsewhere', {
    'stacks/snapshot.ts': PROGRAM,
    'objects.json': '["other"]',
    'package-lock.json': LOCK,
    'node_modules/.keep': '',
  });
  const { code, comment } = await preview('--base', 'main');
  expect(code).toBe(0);
  expect(comment).toContain('no common ancestor');
});

describe('a failed comparison is a ConfigurationError with a fix, and writes nothing', () => {
  test('an unknown ref', async () => {
    expect(await preview('--base', 'nowhere')).toEqual({ code: 1, comment: undefined });
    expect(said).toMatch(/no branch, tag or commit has this name[\s\S]*nowhere[\s\S]*fix: use a name that `git branch/);
  });

  test('a clone that is too shallow for the base or the merge base', async () => {
    const first = (await git('rev-parse', 'HEAD')).stdout;
    await commit('second', { 'objects.json': '["a"]' });
    await git('switch', '--quiet', '--create', 'change', first);
    await commit('third', { 'objects.json': '["b"]' });
    const whole = root;
    root = await mkdtemp(join(tmpdir(), 'groundwork-preview-test-'));
    await execa('git', ['clone', '--quiet', '--depth=1', '--no-single-branch', `file://${whole}`, root]);
    await rm(whole, { recursive: true });
    for (const base of [first, 'origin/main']) {
      expect((await preview('--base', base)).code).toBe(1);
      expect(said).toMatch(/shallow[\s\S]*fix: fetch more history: `git fetch --unshallow`/);
      said = '';
    }
  });

  test('a folder that is not a clone', async () => {
    await rm(join(root, '.git'), { recursive: true });
    expect((await preview('--base', 'main')).code).toBe(1);
    expect(said).toContain('is not a git repository');
  });
});

describe('a head that can not be synthesized replaces the preview, with the line of the error', () => {
  beforeEach(async () => {
    await git('switch', '--quiet', '--create', 'change');
    await preview('--base', 'main');
  });
  test.each([
    [
      'a syntax error',
      'const a = 1;\nconst b = = 2;\n',
      /Expression expected.*at <code>stacks\/snapshot.ts:2<\/code>/s,
    ],
    [
      'an error',
      '\n\nthrow new TypeError("no such thing");\n',
      /TypeError: no such thing.*<code>stacks\/snapshot.ts:3<\/code>/s,
    ],
    [
      'a missing module',
      'import "./absent.ts";\n',
      /Cannot find module 'stacks\/absent.ts' imported from stacks\/snapshot.ts/,
    ],
  ])('%s', async (_, text, says) => {
    await write({ 'stacks/snapshot.ts': text });
    const { code, comment = '' } = await preview('--base', 'main');
    expect(code).toBe(1);
    expect(comment).toContain('### Nothing can be compared: 1 critical finding needs a look');
    expect(comment.replace(/\\/g, '')).toMatch(says);
    expect(comment).not.toContain(root);
    expect((await preview('--base', 'main', '--fail-on', 'critical')).code).toBe(2);
    await commit('broken', {});
    expect((await preview('--base', 'main', '--head', 'change')).comment?.replace(/\\/g, '')).toMatch(says);
  });
});

test('an environment that can not be synthesized is a separate finding, and the others are previewed', async () => {
  await git('switch', '--quiet', '--create', 'change');
  const failed = [
    { environment: 'staging', problem: 'no size', where: 'services.users', fix: 'add it', source: 'a.ts:7' },
  ];
  await write({ 'objects.json': '["kept", "fresh"]', 'more.json': JSON.stringify({ failed }) });
  const { code, comment = '' } = await preview('--base', 'main');
  expect(code).toBe(1);
  expect(comment).toContain("### Staging can't be compared; 1 object changes in dev: 1 critical finding needs a look");
  expect(comment).toMatch(/\*\*environment 'staging'\*\* it can't be synthesized, so what changes is unknown: no size/);
  expect(comment).toContain('| dev | 1 | · | · | · | · | · |');
  expect(comment).toContain('| staging | ? | ? | ? | ? | ? | **1** |');
  expect((await preview('--base', 'main', '--fail-on', 'critical')).code).toBe(2);
  // A failure is not kept: it may have another cause than the commit.
  await commit('broken', {});
  const kept = async () => (await readdir(join(root, '.git', 'cache', 'preview'))).length;
  const before = await kept();
  await preview('--base', 'main', '--head', 'change');
  expect(await kept()).toBe(before);
});

describe('what decides a deploy and is in no object', () => {
  const settings = (more: object = {}) => ({
    'more.json': JSON.stringify({
      settings: {
        dev: { protectData: true, context: 'dev-1', images: { source: 'build' }, requirements: {}, ...more },
      },
    }),
  });

  test('is compared', async () => {
    await commit('settings', settings());
    await git('switch', '--quiet', '--create', 'change');
    expect((await preview('--base', 'main')).comment).toContain('### Nothing changes in any environment');
    await write(settings({ protectData: false, context: 'dev-2' }));
    const { code, comment = '' } = await preview('--base', 'main', '--fail-on', 'critical');
    expect(code).toBe(2);
    expect(comment).toContain('### No object changes: 2 findings in dev need a look, 2 of them critical');
    expect(comment).toMatch(/its data stores are no longer protected.*<code>true<\/code> → <code>false<\/code>/);
    expect(comment).toMatch(/goes to another cluster.*<code>dev-1<\/code> → <code>dev-2<\/code>/);
  });

  test('can not be compared with a base from before there were settings, which is a finding', async () => {
    await git('switch', '--quiet', '--create', 'change');
    await write(settings());
    const { code, comment = '' } = await preview('--base', 'main');
    expect(code).toBe(0);
    expect(comment).toContain('### No object changes: 1 finding in dev needs a look, not critical');
    expect(comment).toMatch(/its settings can't be compared, as the snapshot of the base has none/);
  });
});

test.each([
  [
    'GitHub',
    { GITHUB_SERVER_URL: 'https://forge.example', GITHUB_REPOSITORY: 'o/r' },
    'https://forge.example/o/r/blob',
  ],
  ['GitLab', { CI_PROJECT_URL: 'https://forge.example/o/r' }, 'https://forge.example/o/r/-/blob'],
])('lines link to the commits on %s', async (_, variables, files) => {
  const base = await commit('claims', { 'objects.json': '["kept",\n "claim"]' });
  await git('switch', '--quiet', '--create', 'change');
  const head = await commit('none left', { 'objects.json': '["kept"]' });
  const before = { ...process.env };
  for (const name of ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'CI_PROJECT_URL']) delete process.env[name];
  try {
    expect((await preview('--base', 'main', '--head', 'change')).comment).toContain(
      'changed at <code>objects.json:1</code>',
    );
    Object.assign(process.env, variables);
    const linked = (await preview('--base', 'main', '--head', 'change')).comment;
    expect(linked).toContain(`changed at [<code>objects.json:1</code>](${files}/${head}/objects.json#L1)`);
    // A working tree that is not committed has no address, but the lines that it removes do.
    await write({
      'objects.json': '["kept",\n "claim"]',
      'stacks/snapshot.ts': PROGRAM.replace('PersistentVolumeClaim', 'Volume'),
    });
    expect((await preview('--base', 'main')).comment).not.toContain(head);
    expect((await preview('--base', 'main')).comment).not.toContain(base);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test('10,000 objects in an environment fit into one comment, and the page lists all of them', async () => {
  const names = (prefix: string) => JSON.stringify(Array.from({ length: 10_000 }, (_, index) => `${prefix}-${index}`));
  await commit('many', { 'objects.json': names('before') });
  await git('switch', '--quiet', '--create', 'change');
  await commit('others', { 'objects.json': names('after') });
  const { code, comment = '' } = await preview('--base', 'main', '--head', 'change');
  expect(code).toBe(0);
  expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(65_536);
  expect(comment).toContain('| dev | 10000 | · | · | · | 10000 |');
  const page = await readFile(join(root, '.git', 'out', 'preview.html'), 'utf8');
  for (const name of ['before-9999', 'after-9999']) expect(page).toContain(name);
}, 120_000);
