import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { FakeCommands } from '../../tools/testing/fake-commands.ts';
import { Archives } from '../images/archives.ts';
import type { Exception } from './exceptions.ts';
import { runScan } from './run.ts';
import { imageArchive } from './testing/image-archive.ts';

// The machine may be busy: an SBOM's schema takes seconds to compile.
jest.setTimeout(60_000);

const TODAY = new Date('2026-11-23T12:00:00Z');
const LOCKED = {
  lockfileVersion: 3,
  packages: { 'services/users': { version: '1.0.0' }, 'node_modules/lodash': { version: '4.17.11' } },
};
const ADVISORY = {
  id: 'GHSA-planted',
  aliases: ['CVE-2019-10744'],
  summary: 'prototype pollution',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'lodash' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.12' }] }],
    },
  ],
  database_specific: { severity: 'CRITICAL' },
};

/** An image with everything wrong that an image can have wrong. */
const VULNERABLE = [
  {
    'etc/passwd': 'root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n',
    'etc/shadow': 'root::1::::::\n',
    'usr/bin/sudo': { text: '', mode: 0o4755 },
    'root/.npmrc': '//registry/:_authToken=hunter2',
    'var/lib/apt/lists/deb_Packages': '',
    'app/.git/config': '',
    'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.11"}',
  },
] as const;
const DOCKERFILE = 'FROM node:latest\nADD https://example.com/x.tgz /\n';

let fake: FakeCommands;
let root: string;
let said: string[];
beforeEach(() => {
  process.exitCode = 0;
  said = [];
  for (const stream of ['log', 'error'] as const)
    jest.spyOn(console, stream).mockImplementation((text: string) => void said.push(text));
  root = temporaryFolder('scanned');
  write('package-lock.json', LOCKED);
  write('services/users/Dockerfile', DOCKERFILE);
  write('osv/advisory.json', ADVISORY);
  lock('sha256:00');
  fake = new FakeCommands(); // no tool is there, until a test adds it
});
afterEach(() => {
  fake.end();
  jest.restoreAllMocks();
  process.exitCode = 0;
});

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}
function lock(digest: string): void {
  write('stacks/images.lock.json', { users: { repository: 'groundwork.local/users', version: 'one', digest } });
}

/** Puts an image where a release leaves it. */
async function release(...image: Parameters<typeof imageArchive>): Promise<void> {
  fake.end(); // layers are packed by tar
  const { file, digest } = await imageArchive(...image);
  fake = new FakeCommands();
  await new Archives(join(root, 'archives')).add('users', 'one', async (into) => {
    cpSync(file, into);
    return { reference: `groundwork.local/users:one@${digest}`, digest };
  });
  lock(digest);
}

const out = (): string => join(root, 'out/scan');
async function run(argv: readonly string[] = [], exceptions: readonly Exception[] = []): Promise<string> {
  const archives = new Archives(join(root, 'archives'));
  await runScan({ root, services: ['users'], archives, exceptions }, [...argv, '--out', out()], TODAY);
  return said.join('\n');
}
const found = (): { id: string; target: string; severity: string }[] =>
  JSON.parse(readFileSync(join(out(), 'scan.json'), 'utf8')).open;

describe('a planted vulnerable image', () => {
  beforeEach(() => release({ Env: ['DB_PASSWORD=hunter2'] }, ...VULNERABLE));

  test('closes the gate, with each of its faults found, and no secret repeated', async () => {
    const text = await run(['--osv', join(root, 'osv')]);
    expect(process.exitCode).toBe(2);
    const ids = new Set(found().flatMap(({ id, target }) => (target === 'users' ? [id] : [])));
    expect([...ids].sort()).toEqual([
      'CIS-DI-0001', // starts as root
      'CIS-DI-0006', // no health check
      'CIS-DI-0008', // setuid
      'CIS-DI-0010', // secrets, in a variable and in a file
      'DKL-DI-0001', // sudo
      'DKL-DI-0005', // apt's lists
      'DKL-DI-0006', // made from latest
      'DKL-LI-0001', // empty password
      'DKL-LI-0002', // two accounts with one id
      'DKL-LI-0003', // left over from building
      'GHSA-planted',
    ]);
    expect(text + readFileSync(join(out(), 'scan.json'), 'utf8')).not.toContain('hunter2');
  });

  test('is found again in the lock file, and told with the version that fixes it', async () => {
    const text = await run(['--osv', join(root, 'osv')]);
    expect(found().filter(({ id }) => id === 'GHSA-planted')).toMatchObject([
      { target: 'package-lock.json' },
      { target: 'users', severity: 'critical' },
    ]);
    expect(text).toContain('take lodash 4.17.12');
  });

  test('has an SBOM of what really is in it, by the schema', async () => {
    await run();
    const text = readFileSync(join(out(), 'users.cdx.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    expect(JSON.parse(text).components.map(({ purl }: { purl: string }) => purl)).toEqual(['pkg:npm/lodash@4.17.11']);
  });

  test('that is not what is locked is refused: another one would be signed', async () => {
    lock('sha256:11');
    expect(await run()).toMatch(/sha256:11 is locked, but the archive [\s\S]*npm run release/);
    expect(process.exitCode).toBe(1);
  });
});

describe('the gate', () => {
  const OSV = ['--osv'];
  const osv = (): string[] => [...OSV, join(root, 'osv')];
  const exception = (expires: string): Exception => ({
    id: 'CVE-2019-10744',
    reason: 'no input of others reaches it',
    expires,
  });
  beforeEach(() =>
    release(
      { User: '1000' },
      {
        'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
        'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.11"}',
      },
    ),
  );
  beforeEach(() => write('services/users/Dockerfile', `FROM node:24@sha256:${'0'.repeat(64)}\nUSER 1000\n`));

  test('is open for what is milder than asked, and closed for what is as bad', async () => {
    await run(['--fail-on', 'high']);
    expect(process.exitCode).toBe(0);
    await run(['--fail-on', 'low']);
    expect(process.exitCode).toBe(2);
  });

  test('opens by an exception, which may use another name of the finding, and its reason is told', async () => {
    const text = await run(osv(), [exception('2027-01-31')]);
    expect(process.exitCode).toBe(0);
    expect(text).toContain('no input of others reaches it (until 2027-01-31)');
  });

  test('holds an exception on its last day, and no longer', async () => {
    await run(osv(), [exception('2026-11-23')]);
    expect(process.exitCode).toBe(0);
    const text = await run(osv(), [exception('2026-11-22')]);
    expect(process.exitCode).toBe(2);
    expect(text).toContain('CVE-2019-10744 held until 2026-11-22');
  });

  test('tells an exception that nothing needs', async () => {
    expect(await run([], [exception('2027-01-31')])).toMatch(/Exceptions that nothing here needs:\n {2}CVE-2019-10744/);
  });

  test.each([
    ['without a reason', { reason: ' ' }, /has no reason/],
    ['without a day', { expires: 'soon' }, /expires on 'soon', which is no day/],
    ['for more than a year', { expires: '2028-01-01' }, /more than a year ahead/],
  ])('refuses an exception %s', async (_, wrong, fault) => {
    expect(await run([], [{ ...exception('2027-01-31'), ...wrong }])).toMatch(fault);
    expect(process.exitCode).toBe(1);
  });

  test('says what was skipped, and fails where that tool is needed', async () => {
    expect(await run()).toContain('skipped: trivy, because it is not on the path.');
    expect(process.exitCode).toBe(0);
    expect(await run(['--need', 'osv', '--need', 'trivy'])).toMatch(
      /2 configuration errors:[\s\S]*osv was skipped[\s\S]*trivy was skipped: it is not on the path/,
    );
    expect(process.exitCode).toBe(1);
  });

  test('fails for a needed tool that saw only a part', async () => {
    fake.add('trivy', `[ "$1" = filesystem ] || { echo "no space left" >&2; exit 1; }\necho '{"SchemaVersion":2}'`);
    expect(await run(['--need', 'trivy'])).toContain('trivy on users was skipped: it ended with 1: no space left');
    expect(process.exitCode).toBe(1);
  });
});

test('an image that is not built here is known by its Dockerfile and the lock file, and that is said', async () => {
  write('package-lock.json', {
    ...LOCKED,
    packages: { ...LOCKED.packages, 'services/users': { version: '1.0.0', dependencies: { lodash: '*' } } },
  });
  expect(await run()).toMatch(/users \(its Dockerfile\)[\s\S]*the files of users, because no image is built here/);
  expect(found().map(({ id }) => id)).toEqual(expect.arrayContaining(['CIS-DI-0001', 'CIS-DI-0009', 'DKL-DI-0006']));
  expect(readFileSync(join(out(), 'users.cdx.json'), 'utf8')).toContain('pkg:npm/lodash@4.17.11');
});

describe('bad input is a mistake that says how to fix it, and leaves no file behind', () => {
  test.each([
    ['no lock file of packages', () => write('package-lock.json', ''), [], /package-lock\.json[\s\S]*npm install/],
    [
      'a lock file of another version',
      () => write('package-lock.json', { lockfileVersion: 1 }),
      [],
      /another shape[\s\S]*package-lock\.json/,
    ],
    [
      'a lock file of images that is no JSON',
      () => write('stacks/images.lock.json', '{'),
      [],
      /no JSON[\s\S]*npm run release/,
    ],
    [
      'a lock file of images of another shape',
      () => write('stacks/images.lock.json', { users: 7 }),
      [],
      /\/users must be object[\s\S]*npm run release/,
    ],
    [
      'a service that is not locked',
      () => write('stacks/images.lock.json', {}),
      [],
      /no image of service 'users' is locked/,
    ],
    [
      'an unknown severity',
      () => {},
      ['--fail-on', 'bad'],
      /'bad' is not known\n {4}at --fail-on\n {4}fix: take one of critical, high/,
    ],
    ['an unknown tool', () => {}, ['--need', 'grype'], /'grype' is not known[\s\S]*trivy, dockle/],
    ['a folder of advisories that is not there', () => {}, ['--osv', '/nowhere'], /--osv \/nowhere/],
    [
      "Trivy's JSON of another shape",
      () => fake.add('trivy', 'echo "[]"'),
      [],
      /trivy on package-lock\.json[\s\S]*SchemaVersion 2/,
    ],
  ])('%s', async (_, plant, argv, fault) => {
    plant();
    expect(await run(argv)).toMatch(fault);
    expect(process.exitCode).toBe(1);
    expect(existsSync(join(root, 'out'))).toBe(false);
  });
});

test('what other tools left in the folder stays, and no draft does', async () => {
  write('out/scan/mine.txt', 'mine');
  await run();
  expect(readdirSync(join(root, 'out/scan')).sort()).toEqual([
    'mine.txt',
    'package-lock.cdx.json',
    'scan.json',
    'users.cdx.json',
  ]);
  expect(readdirSync(join(root, 'out'))).toEqual(['scan']);
});
