import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { FakeCommands } from '../../../tools/testing/fake-commands.ts';
import type { ScanFinding } from '../finding.ts';
import { dockle } from './dockle.ts';
import { npmSbom, npmSignatures } from './npm.ts';
import { osvScanner } from './osv-scanner.ts';
import type { Outcome, Subject, Tool } from './tool.ts';
import { trivy } from './trivy.ts';

const USERS = { name: 'users', ours: true, at: ['--input', 'users.tar'] };
const GRAFANA = { name: 'grafana (published)', ours: false, at: ['docker.io/grafana/grafana@sha256:0a'] };

let fake: FakeCommands;
let subject: Subject;
beforeEach(() => {
  fake = new FakeCommands();
  const work = temporaryFolder('scan-work');
  subject = { root: '/', work, images: [USERS], dockerfiles: ['services/users/Dockerfile'], skipped: [] };
});
afterEach(() => fake.end());

/** A command that prints this and ends with a code. */
const prints = (name: string, value: unknown, code = 0): void => fake.add(name, `${echo(value)}\nexit ${code}`);
const echo = (value: unknown): string =>
  `/bin/cat <<'END'\n${typeof value === 'string' ? value : JSON.stringify(value)}\nEND`;

async function looked(tool: Tool, more: Partial<Subject> = {}) {
  const outcomes: readonly Outcome[] = await tool.look({ ...subject, ...more });
  return {
    findings: outcomes.flatMap(({ findings = [] }) => findings),
    skipped: outcomes.flatMap(({ skipped = [] }) => skipped),
    sboms: Object.assign({}, ...outcomes.map(({ sboms }) => sboms)) as Record<string, string>,
  };
}
const brief = (findings: readonly ScanFinding[]): string[] =>
  findings.map(({ severity, rated, id, target, subject, fix }) =>
    [severity, rated, id, target, subject, fix].join(' | '),
  );

describe('Trivy', () => {
  // As Trivy 0.67 prints them, shortened.
  const MISCONFIGURED = {
    SchemaVersion: 2,
    Results: [
      {
        Target: 'Dockerfile',
        Class: 'config',
        Type: 'dockerfile',
        MisconfSummary: { Successes: 26, Failures: 1 },
        Misconfigurations: [
          {
            Type: 'Dockerfile Security Check',
            ID: 'DS002',
            AVDID: 'AVD-DS-0002',
            Title: "Image user should not be 'root'",
            Message: 'Specify at least 1 USER command in Dockerfile with non-root user as argument',
            Resolution: "Add 'USER <non root user name>' line to the Dockerfile",
            Severity: 'HIGH',
            Status: 'FAIL',
          },
        ],
      },
    ],
  };
  const SECRET = {
    SchemaVersion: 2,
    Results: [
      {
        Target: 'app/key.pem',
        Class: 'secret',
        Secrets: [{ RuleID: 'private-key', Category: 'AsymmetricPrivateKey', Severity: 'HIGH', Title: 'Private Key' }],
      },
    ],
  };
  const VULNERABILITY = {
    VulnerabilityID: 'CVE-2019-10744',
    VendorIDs: ['GHSA-jf85-cpcp-j695', 'DSA-1-1'],
    PkgName: 'lodash',
    InstalledVersion: '4.17.11',
    FixedVersion: '4.17.12',
    Status: 'fixed',
    Severity: 'CRITICAL',
    Title: 'prototype pollution',
  };
  const PACKAGES = [{ Name: 'lodash', Version: '4.17.11' }];
  const VULNERABLE = {
    SchemaVersion: 2,
    Results: [{ Target: 'Node.js', Packages: PACKAGES, Vulnerabilities: [VULNERABILITY] }],
  };
  const BOM = {
    bomFormat: 'CycloneDX',
    components: [
      { type: 'operating-system', name: 'debian' },
      { type: 'library', name: 'libc6', purl: 'pkg:deb/debian/libc6@2.36' },
      { type: 'library', name: 'lodash', purl: 'pkg:npm/lodash@4.17.11' },
    ],
  };

  interface Answers {
    config?: unknown;
    secret?: unknown;
    vuln?: unknown;
    bom?: unknown;
    /** Shell code in place of the download of the database. */
    database?: string;
  }
  function answers({ config, secret, vuln, bom, database = 'exit 0' }: Answers = {}): void {
    const clean = { SchemaVersion: 2, Results: [{ Target: 'x', Packages: PACKAGES }] };
    const checked = { SchemaVersion: 2, Results: [{ Target: 'x', MisconfSummary: { Successes: 27, Failures: 0 } }] };
    const cases = [
      ['*--download-db-only*', database],
      ['config*', echo(config ?? checked)],
      ['*"--scanners secret"*', echo(secret ?? { SchemaVersion: 2 })],
      ['*cyclonedx*', echo(bom ?? BOM)],
      ['*"--scanners vuln"*', echo(vuln ?? clean)],
    ];
    fake.add('trivy', `case "$*" in\n${cases.map(([pattern, code]) => `${pattern})\n${code}\n;;`).join('\n')}\nesac`);
  }

  test('is asked about Dockerfiles, secrets, SBOMs and vulnerabilities, in the folder of copies', async () => {
    answers();
    expect(await looked(trivy, { images: [USERS, GRAFANA] })).toMatchObject({ findings: [], skipped: [] });
    expect(fake.calls).toEqual([
      'trivy config --quiet --format json --cache-dir no-cache --skip-check-update /services/users/Dockerfile',
      'trivy image --quiet --format json --scanners secret --image-config-scanners secret --input users.tar',
      'trivy image --quiet --format cyclonedx --input users.tar',
      'trivy image --quiet --download-db-only',
      'trivy filesystem --quiet --format json --scanners vuln --skip-db-update --include-dev-deps package-lock.json',
      'trivy image --quiet --format json --scanners vuln --skip-db-update --input users.tar',
      'trivy image --quiet --format json --scanners vuln --skip-db-update --ignore-unfixed docker.io/grafana/grafana@sha256:0a',
    ]);
  });

  test('reports a planted vulnerability, secret and misconfiguration, with the fix', async () => {
    answers({ config: MISCONFIGURED, secret: SECRET, vuln: VULNERABLE });
    const { findings } = await looked(trivy);
    expect(findings.at(-1)?.aliases).toEqual(['GHSA-jf85-cpcp-j695']); // not the distribution's, which covers several
    expect(brief(findings)).toEqual([
      "critical | trivy: HIGH | DS-0002 | services/users/Dockerfile | Specify at least 1 USER command in Dockerfile with non-root user as argument | Add 'USER <non root user name>' line to the Dockerfile",
      'critical | trivy: HIGH | private-key | users | app/key.pem | remove it from the image, and rotate the secret',
      'critical | trivy: CRITICAL | CVE-2019-10744 | package-lock.json | lodash@4.17.11 | update lodash to 4.17.12',
      'critical | trivy: CRITICAL | CVE-2019-10744 | users | lodash@4.17.11 | update lodash to 4.17.12',
    ]);
  });

  test('without a vulnerability database could not look, which is not "nothing found"; what needs none is still reported', async () => {
    answers({ secret: SECRET, database: 'echo "FATAL failed to download vulnerability DB" >&2; exit 1' });
    const { findings, skipped } = await looked(trivy, { images: [USERS, GRAFANA] });
    expect(findings).toMatchObject([{ id: 'private-key' }]);
    expect(skipped).toEqual([
      {
        what: 'trivy on vulnerabilities of package-lock.json, users, grafana (published)',
        reason: 'it has no vulnerability database: it ended with 1: FATAL failed to download vulnerability DB',
      },
    ]);
  });

  test('takes the database that it is given, and fetches none', async () => {
    answers({ vuln: VULNERABLE });
    const db = temporaryFolder('trivy-db');
    expect((await looked(trivy, { db })).skipped).toMatchObject([
      { reason: expect.stringContaining('no db/trivy.db') },
    ]);
    mkdirSync(join(db, 'db'));
    for (const file of ['trivy.db', 'metadata.json']) writeFileSync(join(db, 'db', file), '');
    const { findings, skipped } = await looked(trivy, { db });
    expect([findings.length, skipped]).toEqual([2, []]);
    expect(fake.calls.at(-1)).toContain(`--skip-db-update --cache-dir ${db} `);
    expect(fake.calls.join()).not.toContain('download');
  });

  test.each([
    ['no package', { vuln: { SchemaVersion: 2, Results: [] } }, ['trivy on package-lock.json', 'trivy on users']],
    ['no check', { config: { SchemaVersion: 2 } }, ['trivy on services/users/Dockerfile']],
  ])('that saw %s could not look', async (_, given, what) => {
    answers(given);
    expect((await looked(trivy)).skipped.map((one) => one.what)).toEqual(what);
  });

  test('writes the SBOM of each image that is built here, and says where a base lists no system packages', async () => {
    answers();
    expect(JSON.parse((await looked(trivy)).sboms['users.cdx.json'] ?? '')).toEqual(BOM);
    answers({ bom: { ...BOM, components: BOM.components.filter(({ name }) => name !== 'libc6') } });
    expect((await looked(trivy)).skipped).toEqual([
      { what: 'trivy on system packages of users', reason: 'the base keeps no list of them' },
    ]);
  });

  test.each([
    ['another version of its report', { config: { SchemaVersion: 3 } }],
    [
      'a vulnerability without a name',
      { vuln: { SchemaVersion: 2, Results: [{ Target: 'x', Vulnerabilities: [{}] }] } },
    ],
    ['text that is not JSON', { secret: 'Usage: trivy' }],
    ['an SBOM of nothing', { bom: { bomFormat: 'CycloneDX', components: [] } }],
  ])('that prints %s is rejected, not taken for clean', async (_, given) => {
    answers(given);
    await expect(looked(trivy)).rejects.toThrow(/at trivy[\s\S]*fix: use a Trivy whose report/);
  });
});

test.each([trivy, osvScanner, dockle])('$name runs where no ignore file of the repository is', async (tool) => {
  fake.add(tool.program, `pwd >> ${fake.folder}/where\nexit 9`);
  await looked(tool);
  expect(new Set(readFileSync(join(fake.folder, 'where'), 'utf8').trim().split('\n'))).toEqual(new Set([subject.work]));
});

describe('osv-scanner', () => {
  const report = (max_severity: string) => ({
    results: [
      {
        source: { path: 'package-lock.json', type: 'lockfile' },
        packages: [
          {
            package: { name: 'lodash', version: '4.17.11', ecosystem: 'npm' },
            vulnerabilities: [
              {
                id: 'GHSA-jf85-cpcp-j695',
                aliases: ['CVE-2019-10744'],
                summary: 'Prototype Pollution in lodash',
                affected: [
                  {
                    package: { ecosystem: 'npm', name: 'lodash' },
                    ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.12' }] }],
                  },
                ],
              },
            ],
            groups: [
              { ids: ['GHSA-jf85-cpcp-j695'], aliases: ['CVE-2019-10744', 'GHSA-jf85-cpcp-j695'], max_severity },
            ],
          },
        ],
      },
    ],
  });

  test('reports a planted advisory of a locked package once, by all its names, and the version that fixes it', async () => {
    prints('osv-scanner', report('9.1'), 1);
    const { findings } = await looked(osvScanner);
    expect(brief(findings)).toEqual([
      'critical | osv-scanner: CVSS 9.1 | GHSA-jf85-cpcp-j695 | package-lock.json | lodash@4.17.11 | update lodash to a fixed version: 4.17.12',
    ]);
    expect(findings).toMatchObject([{ aliases: ['CVE-2019-10744'], what: 'Prototype Pollution in lodash' }]);
    expect(fake.calls).toEqual([
      'osv-scanner scan source --format json --verbosity error --lockfile package-lock.json',
    ]);
  });

  test.each([
    ['7.0', 'critical'],
    ['6.9', 'warning'],
    ['3.9', 'info'],
    ['', 'critical'],
  ])('a score of %j is %s', async (score, severity) => {
    prints('osv-scanner', report(score), 1);
    expect((await looked(osvScanner)).findings).toMatchObject([{ severity }]);
  });

  test('takes the database that it is given, without a network', async () => {
    prints('osv-scanner', { results: [] });
    expect(await looked(osvScanner, { db: '/db' })).toMatchObject({ findings: [], skipped: [] });
    expect(fake.calls[0]).toContain(' --offline --local-db-path /db --lockfile');
  });

  test.each([
    [127, 'unable to fetch OSV database: no offline version of the OSV database is available'],
    [127, 'Post "https://api.osv.dev/v1/querybatch": dial tcp: lookup api.osv.dev: no such host'],
    [128, 'No package sources found, --help for usage information.'],
    [129, 'API query failed'],
  ])('that ends with %d (%s) could not look', async (code, said) => {
    fake.add('osv-scanner', `echo '{"results":[]}'; echo '${said}' >&2; exit ${code}`);
    expect(await looked(osvScanner)).toMatchObject({
      findings: [],
      skipped: [{ what: 'osv-scanner on package-lock.json', reason: `it ended with ${code}: ${said}` }],
    });
  });

  test('that prints something else is rejected', async () => {
    prints('osv-scanner', { results: [{}] });
    await expect(looked(osvScanner)).rejects.toThrow(/packages[\s\S]*at osv-scanner/);
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
    { code: 'CIS-DI-0010', title: 'Do not store secrets', level: 'FATAL', alerts: ['Suspicious ENV key: DB_PASSWORD'] },
    { code: 'DKL-DI-0006', title: 'Avoid latest tag', level: 'PASS', alerts: [] },
  ];

  test('reports planted faults of an image', async () => {
    prints('dockle', { details: DETAILS });
    expect(brief((await looked(dockle)).findings)).toEqual([
      "warning | dockle: WARN | CIS-DI-0001 | users | Last user should not be root | see CIS-DI-0001 in Dockle's list of checkpoints",
      "critical | dockle: FATAL | CIS-DI-0010 | users | Suspicious ENV key: DB_PASSWORD | see CIS-DI-0010 in Dockle's list of checkpoints",
    ]);
    expect(fake.calls).toEqual(['dockle --format json --exit-code 0 --ignore CIS-DI-0005 --input users.tar']);
  });

  test('that fails on one image could not look at that one', async () => {
    fake.add(
      'dockle',
      `case "$*" in *grafana*) printf "2026-11-29T05:07:43.3Z\\t\\033[31mFATAL\\033[0m\\tno such image\\n"; exit 1;; esac\necho '{"details":[]}'`,
    );
    expect((await looked(dockle, { images: [USERS, GRAFANA] })).skipped).toEqual([
      { what: 'dockle on grafana (published)', reason: 'it ended with 1: FATAL\tno such image' },
    ]);
  });

  test('that prints something else is rejected', async () => {
    prints('dockle', { details: 'none' });
    await expect(looked(dockle)).rejects.toThrow(/\/details must be array[\s\S]*dockle on users/);
  });
});

describe('npm', () => {
  test('audit signatures reports what is not what was signed, and what is not signed', async () => {
    const invalid = [{ name: 'a', version: '1.0.0', code: 'EINTEGRITYSIGNATURE' }];
    prints('npm', { invalid, missing: [{ name: 'b', version: '2.0.0' }] }, 1);
    expect((await looked(npmSignatures)).findings).toMatchObject([
      { id: 'invalid-signature', subject: 'a@1.0.0', severity: 'critical' },
      { id: 'missing-signature', subject: 'b@2.0.0', severity: 'warning' },
    ]);
  });

  test('sbom writes that of the lock file', async () => {
    const bom = { bomFormat: 'CycloneDX', components: [{ name: 'lodash' }] };
    prints('npm', bom);
    expect(JSON.parse((await looked(npmSbom)).sboms['package-lock.cdx.json'] ?? '')).toEqual(bom);
    expect(fake.calls).toEqual(['npm sbom --package-lock-only --sbom-format cyclonedx --json']);
  });

  test.each([
    [
      'a network that is not there',
      { error: { code: 'ENOTFOUND', summary: 'getaddrinfo ENOTFOUND\nmore' } },
      'getaddrinfo ENOTFOUND',
    ],
    ['no output', '', 'it printed nothing'],
  ])('could not look for %s', async (_, output, reason) => {
    prints('npm', output, 1);
    for (const tool of [npmSignatures, npmSbom])
      expect(await looked(tool)).toMatchObject({ findings: [], skipped: [{ reason }], sboms: {} });
  });

  test.each([npmSignatures, npmSbom])('$name that prints something else is rejected', async (tool) => {
    prints('npm', { invalid: {}, components: [] });
    await expect(looked(tool)).rejects.toThrow(/another shape[\s\S]*fix: use npm 10 or 11/);
  });
});
