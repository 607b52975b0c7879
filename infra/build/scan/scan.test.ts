import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { FakeCommands } from '../../tools/testing/fake-commands.ts';
import { Archives } from '../images/archives.ts';
import { catalog } from '../images/index.ts';
import { type Exception, runScan } from './index.ts';
import { imageArchive } from './testing/image-archive.ts';

const TODAY = new Date('2026-11-23T12:00:00Z');
const LOCKED = {
  lockfileVersion: 3,
  packages: { 'services/users': { version: '1.0.0' }, 'node_modules/lodash': { version: '4.17.11' } },
};
const SBOM = '{"bomFormat":"CycloneDX","components":[{"type":"library","purl":"pkg:deb/debian/libc6@2.36"}]}';
const VULNERABILITY =
  '{"VulnerabilityID":"CVE-2019-10744","VendorIDs":["GHSA-planted"],"PkgName":"lodash","InstalledVersion":"4.17.11","FixedVersion":"4.17.12","Severity":"MEDIUM"}';
const ADVISORY =
  '{"results":[{"packages":[{"package":{"name":"lodash","version":"4.17.11"},"groups":[{"ids":["GHSA-planted"],"aliases":["CVE-2019-10744"],"max_severity":"9.1"}]}]}]}';
const SECRET = '{"RuleID":"private-key","Severity":"HIGH","Title":"Private Key","Match":"hunter2"}';
const DOCKLE = '{"details":[{"code":"CIS-DI-0006","title":"No HEALTHCHECK","level":"INFO","alerts":["not found"]}]}';

let fake: FakeCommands;
let root: string;
let said: string[];
beforeEach(async () => {
  process.exitCode = 0;
  said = [];
  for (const stream of ['log', 'error'] as const)
    jest.spyOn(console, stream).mockImplementation((text: string) => void said.push(text));
  root = temporaryFolder('scanned');
  write('package-lock.json', LOCKED);
  write('services/users/Dockerfile', 'FROM scratch\n');
  const { file, digest } = await imageArchive({ User: '1000' }, { 'etc/passwd': '' }); // layers are packed by tar
  await new Archives(join(root, 'archives')).add('users', 'one', async (into) => {
    cpSync(file, into);
    return { reference: `groundwork.local/users:one@${digest}`, digest };
  });
  lock(digest);
  fake = new FakeCommands(); // without scanners, until a test adds one
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
function lock(digest: string, version = 'one'): void {
  write('stacks/images.lock.json', { users: { repository: 'groundwork.local/users', version, digest } });
}

const result = (content: string): string =>
  `{"SchemaVersion":2,"Results":[{"Target":"app/key.pem","Packages":[{}],"MisconfSummary":{"Successes":1,"Failures":0},${content}}]}`;
/** All scanners, each with a planted finding. */
function everyScanner(more: Record<string, string> = {}): void {
  const trivy = `case "$*" in *"--scanners secret"*) echo '${result(`"Secrets":[${SECRET}]`)}';; *cyclonedx*) echo '${SBOM}';; *"--scanners vuln"*) echo '${result(`"Vulnerabilities":[${VULNERABILITY}]`)}';; config*) echo '${result('"Secrets":[]')}';; esac`;
  const npm = `case "$*" in sbom*) echo '${SBOM}';; *) echo '{"invalid":[],"missing":[]}';; esac`;
  const programs = { trivy, npm, 'osv-scanner': `echo '${ADVISORY}'`, dockle: `echo '${DOCKLE}'`, ...more };
  for (const [name, code] of Object.entries(programs)) fake.add(name, code);
}

const out = (): string => join(root, 'out/scan');
async function run(argv: readonly string[] = [], exceptions: readonly Exception[] = []): Promise<string> {
  const sources = {
    root,
    images: [{ name: 'users', folder: 'services/users' }],
    imagesLock: join(root, 'stacks/images.lock.json'),
    archives: new Archives(join(root, 'archives')),
  };
  await runScan({ ...sources, exceptions }, [...argv, '--out', out()], TODAY);
  return said.join('\n');
}
interface Written {
  open: { id: string; target: string; severity: string; rated: string }[];
  skipped: { tool?: string; what: string; reason: string }[];
}
const written = (): Written => JSON.parse(readFileSync(join(out(), 'scan.json'), 'utf8'));

describe('planted findings', () => {
  test('fail the gate, each reported once with the worst rating, and without the text of a secret', async () => {
    everyScanner();
    const text = await run();
    expect(process.exitCode).toBe(2);
    const ours = written().open.filter(({ target }) => !target.includes('published'));
    expect(ours.map(({ severity, rated, id, target }) => `${severity} (${rated}) ${id} in ${target}`)).toEqual([
      'critical (osv-scanner: CVSS 9.1) GHSA-planted in package-lock.json',
      'critical (trivy: HIGH) private-key in users',
      'warning (trivy: MEDIUM) CVE-2019-10744 in users',
      'info (dockle: INFO) CIS-DI-0006 in users',
    ]);
    expect(text).toContain('critical private-key in users › app/key.pem: ');
    expect(text).toContain('(trivy: HIGH). fix: remove it from the image');
    expect(text + readFileSync(join(out(), 'scan.json'), 'utf8')).not.toContain('hunter2');
  });

  test('are searched in every image: ours as an archive, third-party ones by digest', async () => {
    everyScanner({
      dockle: `for last; do :; done; [ -f "$last" ] && /bin/cp "$last" ${root}/seen.tar; echo '${DOCKLE}'`,
    });
    await run(['--require', 'trivy', 'dockle', '--require', 'osv-scanner']);
    expect(process.exitCode).toBe(2);
    expect(readFileSync(join(root, 'seen.tar'), 'latin1')).toContain('"Config":"blobs/sha256/');
    for (const { repository, digest } of Object.values(catalog))
      for (const program of ['trivy', 'dockle'])
        expect(fake.calls.filter((call) => call.startsWith(program)).join('\n')).toContain(`${repository}@${digest}`);
  });

  test('are written with SBOMs of our images and the lock file, and other files are kept', async () => {
    everyScanner();
    write('out/scan/mine.txt', 'mine');
    await run();
    expect(readdirSync(out()).sort()).toEqual(['mine.txt', 'package-lock.cdx.json', 'scan.json', 'users.cdx.json']);
    expect(readFileSync(join(out(), 'users.cdx.json'), 'utf8')).toBe(`${SBOM}\n`);
    expect(readdirSync(join(root, 'out'))).toEqual(['scan']);
  });
});

describe('the gate', () => {
  const exception = (expires: string): Exception => ({
    id: 'CVE-2019-10744',
    reason: 'no third-party input reaches it',
    expires,
  });
  const advisory = (score = '9.1') => fake.add('osv-scanner', `echo '${ADVISORY.replace('9.1', score)}'`);

  test('passes for a lower severity than the threshold, and fails for the same', async () => {
    advisory('5.0');
    await run();
    expect(process.exitCode).toBe(0);
    await run(['--fail-on', 'warning']);
    expect(process.exitCode).toBe(2);
  });

  test('passes with an exception, which may use an alias of the finding, and its reason is printed', async () => {
    advisory();
    const text = await run([], [exception('2027-01-31')]);
    expect(process.exitCode).toBe(0);
    expect(text).toContain('no third-party input reaches it (until 2027-01-31)');
  });

  test('accepts an exception up to its last day', async () => {
    advisory();
    await run([], [exception('2026-11-23')]);
    expect(process.exitCode).toBe(0);
    const text = await run([], [exception('2026-11-22')]);
    expect(process.exitCode).toBe(2);
    expect(text).toContain('CVE-2019-10744 expired on 2026-11-22');
  });

  test('reports an unused exception', async () => {
    expect(await run([], [exception('2027-01-31')])).toMatch(/Unused exceptions:\n {2}CVE-2019-10744/);
  });

  test.each([
    ['without a reason', { reason: ' ' }, /has no reason/],
    ['without a day', { expires: 'soon' }, /must expire on a day such as 2027-06-30, got 'soon'/],
    ['for more than a year', { expires: '2028-01-01' }, /more than a year ahead/],
  ])('rejects an exception %s', async (_, wrong, fault) => {
    expect(await run([], [{ ...exception('2027-01-31'), ...wrong }])).toMatch(fault);
    expect(process.exitCode).toBe(1);
  });
});

describe('what could not be scanned', () => {
  test('is printed, and fails where that tool is required', async () => {
    const text = await run();
    for (const tool of ['trivy', 'osv-scanner', 'dockle'])
      expect(text).toContain(`skipped: ${tool}, because it is not on PATH.`);
    expect(text).toContain('Nothing of severity critical or worse, in what was scanned.');
    expect(process.exitCode).toBe(0);
    expect(await run(['--require', 'osv-scanner', '--require', 'trivy'])).toMatch(
      /osv-scanner was skipped: it is not on PATH[\s\S]*trivy was skipped: it is not on PATH/,
    );
    expect(process.exitCode).toBe(1);
  });

  test('for lack of a vulnerability database does not pass', async () => {
    everyScanner({
      trivy: 'case "$*" in --version) exit;; esac; echo "FATAL failed to download vulnerability DB" >&2; exit 1',
    });
    expect(await run(['--require', 'trivy'])).toMatch(
      /--require trivy[\s\S]*it has no vulnerability database: it exited with 1: FATAL failed to download/,
    );
  });

  test('reports the rest of an image whose Java archives need a database that is not there', async () => {
    const java = `*cyclonedx*jar*) echo '${SBOM}';; *cyclonedx*) echo "no Java database" >&2; exit 1;;`;
    everyScanner({ trivy: `case "$*" in ${java} *) echo '${result('"Secrets":[]')}';; esac` });
    await run();
    expect(readFileSync(join(out(), 'users.cdx.json'), 'utf8')).toBe(`${SBOM}\n`);
    expect(written().skipped).toContainEqual(
      expect.objectContaining({
        what: 'trivy on Java archives of the SBOM of users',
        reason: 'it exited with 1: no Java database',
      }),
    );
  });

  test('fails for a required tool that scanned only a part', async () => {
    everyScanner({ dockle: `case "$*" in *users.tar) echo "no space left" >&2; exit 1;; esac; echo '{"details":[]}'` });
    expect(await run(['--require', 'dockle'])).toContain(
      'dockle on users was skipped: it exited with 1: no space left',
    );
  });

  test('includes, for every tool, an image that is not built here', async () => {
    everyScanner();
    lock(`sha256:${'0'.repeat(64)}`, 'two');
    expect(await run(['--require', 'dockle'])).toMatch(/skipped: image users, because no image with the locked tag/);
    expect(said.at(-1)).toContain('image users was skipped');
  });
});

describe('invalid input is an error with a fix, and leaves no files', () => {
  test.each([
    ['no lock file of packages', () => write('package-lock.json', ''), /package-lock\.json[\s\S]*npm install/],
    [
      'a lock file of another version',
      () => write('package-lock.json', { lockfileVersion: 1 }),
      /does not match the expected schema[\s\S]*package-lock\.json/,
    ],
    [
      'a lock file of images with another schema',
      () => write('stacks/images.lock.json', { users: 7 }),
      /\/users must be object[\s\S]*npm run release/,
    ],
    [
      'a service that is not locked',
      () => write('stacks/images.lock.json', {}),
      /no image of service 'users' is locked/,
    ],
    [
      'an image other than the locked one, which would be signed',
      () => lock(`sha256:${'1'.repeat(64)}`),
      /it contains sha256:[0-9a-f]{64}, but \S+@sha256:1{64} is locked[\s\S]*npm run release/,
    ],
    [
      'a file that is not an archive',
      () => writeFileSync(join(root, 'archives/users/one.tar'), 'x'),
      /archives\/users\/one\.tar[\s\S]*npm run release/,
    ],
    [
      "Trivy's JSON with another schema",
      () => everyScanner({ trivy: 'echo "[]"' }),
      /trivy on services\/users\/Dockerfile[\s\S]*SchemaVersion 2/,
    ],
  ])('%s', async (_, plant, fault) => {
    plant();
    expect(await run()).toMatch(fault);
    expect(process.exitCode).toBe(1);
    expect(existsSync(join(root, 'out'))).toBe(false);
  });

  test.each([
    ['--fail-on', 'bad', /Allowed choices are critical, warning, info/],
    ['--require', 'grype', /Allowed choices are trivy, osv-scanner, dockle, npm-signatures, npm-sbom/],
  ])('%s %s', async (option, value, fault) => {
    const end = jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('ended');
    });
    const printed = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(run([option, value])).rejects.toThrow('ended');
    expect(end).toHaveBeenCalledWith(1);
    expect(printed.mock.calls.join('\n')).toMatch(fault);
  });
});
