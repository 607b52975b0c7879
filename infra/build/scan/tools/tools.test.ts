import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeCommands } from '../../../tools/testing/fake-commands.ts';
import { sample } from '../checks/check.ts';
import { imageArchive } from '../testing/image-archive.ts';
import { dockle } from './dockle.ts';
import { npmAudit, npmSignatures } from './npm.ts';
import type { Subject } from './tool.ts';
import { trivy } from './trivy.ts';

const { file: archive } = await imageArchive({ User: '1000' }, { 'etc/passwd': '' });
const built = { description: sample({ name: 'users' }), archive };
const subject: Subject = {
  root: '/repository',
  locked: [{ ecosystem: 'npm', name: 'lodash', version: '4.17.11', place: 'node_modules/lodash' }],
  images: [built],
  dockerfiles: [],
  published: [],
};

let fake: FakeCommands;
beforeEach(() => {
  fake = new FakeCommands();
});
afterEach(() => fake.end());

/** A command that prints this and ends with a code. */
const prints = (name: string, value: unknown, code = 0): void =>
  fake.add(name, `/bin/cat <<'END'\n${typeof value === 'string' ? value : JSON.stringify(value)}\nEND\nexit ${code}`);

describe('Trivy', () => {
  const VULNERABILITY = {
    VulnerabilityID: 'CVE-2019-1',
    PkgName: 'lodash',
    InstalledVersion: '4.17.11',
    FixedVersion: '4.17.12',
    Severity: 'HIGH',
    Title: 'pollution',
  };

  test('is asked about the lock file with what is for development, and about the layout of each image, for secrets apart from what takes a database', async () => {
    prints('trivy', { SchemaVersion: 2 });
    expect(await trivy.look(subject)).toEqual({ findings: [], skipped: [] });
    expect(fake.calls[0]).toBe(
      'trivy filesystem --quiet --format json --scanners vuln --include-dev-deps /repository/package-lock.json',
    );
    expect(fake.calls[1]).toMatch(/^trivy image --quiet --format json --scanners secret --input \/\S+$/);
    expect(fake.calls[2]).toMatch(/^trivy image --quiet --format json --scanners vuln --input \/\S+$/);
  });

  test('pulls what others publish, and tells of it what a newer version may fix', async () => {
    prints('trivy', { SchemaVersion: 2, Results: [{ Target: 'x', Vulnerabilities: [VULNERABILITY] }] });
    const { findings } = await trivy.look({
      ...subject,
      images: [],
      published: [{ name: 'grafana', reference: 'docker.io/grafana/grafana:12@sha256:0a' }],
    });
    expect(fake.calls[1]).toBe(
      'trivy image --quiet --format json --scanners vuln --ignore-unfixed docker.io/grafana/grafana:12@sha256:0a',
    );
    expect(findings.map(({ target }) => target)).toEqual(['package-lock.json', 'grafana']);
  });

  test('is given a layout that it can read: a folder with an index', async () => {
    fake.add(
      'trivy',
      `for last; do :; done\n[ "$1" = filesystem ] || /bin/cp "$last/index.json" ${fake.folder}/seen.json\necho '{"SchemaVersion":2}'`,
    );
    await trivy.look(subject);
    expect(JSON.parse(readFileSync(join(fake.folder, 'seen.json'), 'utf8'))).toHaveProperty('manifests');
  });

  test("tells vulnerabilities and secrets, with the version to take; what it can't judge counts as high", async () => {
    prints('trivy', {
      SchemaVersion: 2,
      Results: [
        {
          Target: 'Node.js',
          Vulnerabilities: [
            VULNERABILITY,
            { ...VULNERABILITY, VulnerabilityID: 'CVE-2', FixedVersion: '', Severity: 'UNKNOWN' },
          ],
        },
        {
          Target: 'app/key.pem',
          Secrets: [{ RuleID: 'private-key', Severity: 'CRITICAL', Title: 'Asymmetric Private Key' }],
        },
      ],
    });
    const { findings } = await trivy.look({ ...subject, images: [] });
    expect(findings.map(({ id, subject: at, severity, fix }) => [id, at, severity, fix])).toEqual([
      ['CVE-2019-1', 'lodash@4.17.11', 'high', 'take lodash 4.17.12'],
      ['CVE-2', 'lodash@4.17.11', 'high', 'there is no fixed version yet: leave it out, or except it with a day'],
      ['private-key', 'app/key.pem', 'critical', 'take it out, and change the secret'],
    ]);
  });

  test('that is not there is skipped, once', async () => {
    expect((await trivy.look(subject)).skipped).toEqual([
      {
        tool: 'trivy',
        what: 'trivy',
        recordOrigin: 'it is not on the path',
        fix: expect.stringContaining('have Trivy on the path'),
      },
    ]);
  });

  test("that can't reach its database is skipped with its own last word, still tells secrets, and takes nothing for clean", async () => {
    const secrets = JSON.stringify({
      SchemaVersion: 2,
      Results: [{ Target: 'key.pem', Secrets: [{ RuleID: 'private-key', Severity: 'HIGH', Title: 'key' }] }],
    });
    fake.add(
      'trivy',
      `case "$*" in *"--scanners secret"*) echo '${secrets}'; exit;; esac\necho "FATAL failed to download vulnerability DB" >&2; exit 1`,
    );
    const { findings, skipped } = await trivy.look(subject);
    expect(findings).toMatchObject([{ id: 'private-key', target: 'users' }]);
    expect(skipped).toMatchObject([
      {
        what: 'trivy on package-lock.json',
        recordOrigin: 'it ended with 1: FATAL failed to download vulnerability DB',
      },
      { what: 'trivy on users' },
    ]);
  });

  test('skips an image that was not built here, and says how to build it', async () => {
    prints('trivy', { SchemaVersion: 2 });
    const { skipped } = await trivy.look({ ...subject, images: [{ description: built.description }] });
    expect(skipped).toEqual([
      {
        tool: 'trivy',
        what: 'trivy on users',
        recordOrigin: 'no image of it is built here',
        fix: 'run npm run release first',
      },
    ]);
  });

  test.each([
    ['another version of its report', { SchemaVersion: 3 }],
    ['a list in place of a report', []],
    ['a vulnerability without a name', { SchemaVersion: 2, Results: [{ Target: 'x', Vulnerabilities: [{}] }] }],
    ['no JSON', 'Usage: trivy'],
  ])('that prints %s is refused, not taken for clean', async (_, output) => {
    prints('trivy', output);
    await expect(trivy.look(subject)).rejects.toThrow(
      /at trivy on package-lock.json\n {4}fix: use a Trivy whose report/,
    );
  });
});

describe('Dockle', () => {
  const DETAILS = [
    {
      code: 'CIS-DI-0001',
      title: 'Create a user for the container',
      level: 'WARN',
      alerts: ['Last user should not be root'],
    },
    { code: 'DKL-DI-0006', title: 'Avoid latest tag', level: 'PASS', alerts: [] },
  ];

  test("is given an archive of Docker's kind, and tells what it warns of", async () => {
    fake.add(
      'dockle',
      `[ "$1" = --version ] && exit\nfor last; do :; done\n/bin/cp "$last" ${fake.folder}/seen.tar\n/bin/cat <<'END'\n${JSON.stringify({ details: DETAILS })}\nEND`,
    );
    expect((await dockle.look(subject)).findings).toEqual([
      {
        id: 'CIS-DI-0001',
        target: 'users',
        subject: 'Last user should not be root',
        severity: 'medium',
        what: 'Create a user for the container',
        fix: "see CIS-DI-0001 in Dockle's list of checkpoints",
      },
    ]);
    expect(fake.calls[1]).toMatch(/^dockle --format json --exit-code 0 --ignore CIS-DI-0005 --input \/\S+docker\.tar$/);
    expect(readFileSync(join(fake.folder, 'seen.tar'), 'latin1')).toContain('"Config":"blobs/sha256/');
  });

  test('pulls what others publish', async () => {
    fake.add('dockle', `[ "$1" = --version ] || echo '{"details":[]}'`);
    await dockle.look({
      ...subject,
      images: [],
      published: [{ name: 'grafana', reference: 'docker.io/grafana/grafana:12@sha256:0a' }],
    });
    expect(fake.calls[1]).toBe(
      'dockle --format json --exit-code 0 --ignore CIS-DI-0005 docker.io/grafana/grafana:12@sha256:0a',
    );
  });

  test('that is not there, or fails, is skipped', async () => {
    expect((await dockle.look(subject)).skipped).toMatchObject([
      { what: 'dockle', recordOrigin: 'it is not on the path' },
    ]);
    fake.add('dockle', '[ "$1" = --version ] || { printf "\\033[31mno such image\\033[0m\\n"; exit 1; }');
    expect((await dockle.look(subject)).skipped).toMatchObject([
      { what: 'dockle on users', recordOrigin: 'it ended with 1: no such image' },
    ]);
  });

  test('that prints something else is refused', async () => {
    prints('dockle', { details: 'none' });
    await expect(dockle.look(subject)).rejects.toThrow(/\/details must be array[\s\S]*dockle on users/);
  });
});

describe('npm audit', () => {
  const VIA = {
    source: 1,
    name: 'lodash',
    title: 'pollution',
    url: 'https://github.com/advisories/GHSA-x',
    severity: 'moderate',
    range: '<4.17.12',
  };
  const LODASH = {
    name: 'lodash',
    severity: 'moderate',
    via: [VIA],
    nodes: ['node_modules/lodash'],
    fixAvailable: true,
  };

  test('tells each advisory once, by the version that is locked, not again for what depends on it', async () => {
    prints(
      'npm',
      {
        auditReportVersion: 2,
        vulnerabilities: { lodash: LODASH, cli: { via: ['lodash'], nodes: ['node_modules/cli'] } },
      },
      1,
    );
    expect((await npmAudit.look({ ...subject, root: '/' })).findings).toEqual([
      {
        id: 'GHSA-x',
        target: 'package-lock.json',
        subject: 'lodash@4.17.11',
        severity: 'medium',
        what: 'pollution',
        fix: 'npm audit fix, and read what it changes',
      },
    ]);
    expect(fake.calls).toEqual(['npm audit --package-lock-only --json --fetch-retries=0']);
  });

  test.each([
    [
      'a registry that answers no audits',
      { message: '405 Method Not Allowed - POST', error: { summary: '', detail: '' } },
      '405 Method Not Allowed - POST',
    ],
    [
      'a network that is not there',
      { error: { code: 'ENOTFOUND', summary: 'getaddrinfo ENOTFOUND' } },
      'getaddrinfo ENOTFOUND',
    ],
    ['no word at all', '', 'it printed nothing'],
  ])('is skipped for %s, not taken for clean', async (_, output, recordOrigin) => {
    prints('npm', output, 1);
    expect(await npmAudit.look({ ...subject, root: '/' })).toMatchObject({
      findings: [],
      skipped: [{ what: 'npm-audit', recordOrigin }],
    });
  });

  test('that prints a report of another shape is refused', async () => {
    prints('npm', { auditReportVersion: 2, vulnerabilities: [] }, 1);
    await expect(npmAudit.look({ ...subject, root: '/' })).rejects.toThrow(/at npm audit/);
  });

  test('of signatures tells what is not what was signed, and what is not signed', async () => {
    prints(
      'npm',
      {
        invalid: [{ name: 'a', version: '1.0.0', code: 'EINTEGRITYSIGNATURE' }],
        missing: [{ name: 'b', version: '2.0.0' }],
      },
      1,
    );
    expect((await npmSignatures.look({ ...subject, root: '/' })).findings).toMatchObject([
      { id: 'invalid-signature', subject: 'a@1.0.0', severity: 'critical' },
      { id: 'missing-signature', subject: 'b@2.0.0', severity: 'medium' },
    ]);
  });
});
