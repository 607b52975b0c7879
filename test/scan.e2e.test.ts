import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BuildahBuilder } from '@groundwork/local';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { strToU8, zipSync } from 'fflate';
import { type BuiltImage, release } from '../infra/build/images/index.ts';
import { dockerArchive } from '../infra/build/scan/docker-archive.ts';
import { TOOLS } from '../infra/build/scan/scan.ts';
import { imageArchive } from '../infra/build/scan/testing/image-archive.ts';
import { provideScanners } from '../infra/build/scan/tools/built.ts';
import type { Subject } from '../infra/build/scan/tools/tool.ts';
import { images } from '../stacks/shop.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const root = join(import.meta.dirname, '..');
const notes: string[] = [];
const progress = { step: () => {}, say: () => {}, skipped: (what: string) => void notes.push(what) };

describe('a planted fault', () => {
  let work: string;
  let subject: Subject;
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), content);
  };
  beforeAll(async () => {
    await provideScanners(progress);
    work = temporaryFolder('scan-planted');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { file, digest } = await imageArchive(
      {},
      {
        'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
        'etc/passwd': 'root:x:0:0::/:/bin/sh\n',
        'app/key.pem': key,
        'app/credentials.json': '{}',
        'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.11"}',
      },
    );
    await dockerArchive(file, `planted@${digest}`, join(work, 'planted.tar'));
    await write('Dockerfile', 'FROM node:latest\nUSER root\n');
    const own = { name: 'planted', version: '1.0.0', dependencies: { lodash: '4.17.11' } };
    const packages = { '': own, 'node_modules/lodash': { version: '4.17.11' } };
    await write('package.json', JSON.stringify(own));
    await write('package-lock.json', JSON.stringify({ name: own.name, lockfileVersion: 3, packages }));
    const advisory = {
      schema_version: '1.6.0',
      id: 'GHSA-jf85-cpcp-j695',
      modified: '2026-01-01T00:00:00Z',
      aliases: ['CVE-2019-10744'],
      summary: 'Prototype Pollution in lodash',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H' }],
      affected: [
        {
          package: { ecosystem: 'npm', name: 'lodash' },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.12' }] }],
        },
      ],
    };
    const zip = zipSync({ [`${advisory.id}.json`]: strToU8(JSON.stringify(advisory)) });
    await write('db/osv-scalibr/npm/all.zip', zip);
    const image = { name: 'planted', ours: true, at: ['--input', 'planted.tar'] };
    subject = { root: work, work, images: [image], dockerfiles: ['Dockerfile'], db: join(work, 'db'), skipped: [] };
  }, 30 * 60_000); // may include the build of Trivy

  const look = async (name: string, more: Partial<Subject> = {}) => {
    const outcomes = (await TOOLS.find((tool) => tool.name === name)?.look({ ...subject, ...more })) ?? [];
    return {
      findings: outcomes.flatMap(({ findings = [] }) => findings),
      skipped: outcomes.flatMap(({ skipped = [] }) => skipped),
      sboms: Object.assign({}, ...outcomes.map(({ sboms }) => sboms)) as Record<string, string>,
    };
  };

  test('in the lock file is found by osv-scanner, from a given database', async () => {
    expect(await look('osv-scanner')).toMatchObject({
      findings: [
        {
          id: 'GHSA-jf85-cpcp-j695',
          aliases: ['CVE-2019-10744'],
          subject: 'lodash@4.17.11',
          severity: 'critical',
          rated: 'osv-scanner: CVSS 9.1',
          fix: 'update lodash to a fixed version: 4.17.12',
        },
      ],
      skipped: [],
    });
  });

  test('is not found by osv-scanner without a database, which is reported as skipped', async () => {
    const { findings, skipped } = await look('osv-scanner', { db: join(work, 'nothing') });
    expect(findings).toEqual([]);
    expect(skipped).toMatchObject([{ what: 'osv-scanner on package-lock.json' }]);
  });

  test('in an image and a Dockerfile is found by Trivy, which reports that it has no vulnerability database', async () => {
    const { findings, skipped, sboms } = await look('trivy');
    expect(findings).toContainEqual(
      expect.objectContaining({ id: 'private-key', target: 'planted', subject: '/app/key.pem', severity: 'critical' }),
    );
    expect(findings.map(({ id, target }) => `${id} in ${target}`)).toEqual(
      expect.arrayContaining(['DS-0001 in Dockerfile', 'DS-0002 in Dockerfile', 'DS-0026 in Dockerfile']),
    );
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'the base image has no list of them',
      expect.stringContaining('it has no vulnerability database'),
    ]);
    expect(sboms['planted.cdx.json']).toContain('pkg:npm/lodash@4.17.11');
  });

  test('in an image is found by Dockle', async () => {
    const { findings, skipped } = await look('dockle');
    expect(skipped).toEqual([]);
    expect(findings.map(({ id, severity }) => `${severity} ${id}`)).toEqual(
      expect.arrayContaining(['warning CIS-DI-0001', 'critical CIS-DI-0010']),
    );
  });

  test('is in the SBOM that npm generates from the lock file', async () => {
    expect((await look('npm-sbom')).sboms['package-lock.cdx.json']).toContain('pkg:npm/lodash@4.17.11');
  });
});

const capable = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0;
if (!capable) console.warn('images are not built: building needs root on Linux x64');

(capable ? describe : describe.skip)('the command, on built images,', () => {
  let built: readonly BuiltImage[];
  let out: string;
  let ended: { stdout: string; exitCode?: number | undefined };
  beforeAll(async () => {
    out = temporaryFolder('scan');
    // Not the repository's lock file, which names the images of the last release, of former sources.
    const imagesLock = join(out, 'images.lock.json');
    built = await release(new BuildahBuilder({ root }), images, imagesLock, progress);
    const script = `
      import { runScan } from '${root}/infra/build/scan/index.ts';
      import { exceptions } from '${root}/stacks/scan-exceptions.ts';
      import { images } from '${root}/stacks/shop.ts';
      const sources = { root: '${root}', images, imagesLock: '${imagesLock}', exceptions };
      await runScan(sources, ['--out', '${out}']);`;
    ended = await execa(process.execPath, ['--input-type=module', '-e', script], { cwd: root, reject: false });
  });

  test('finds nothing critical without an exception, needs each exception, and skips only what needs a network', async () => {
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Nothing of severity critical') });
    const { skipped, unused } = JSON.parse(await readFile(join(out, 'scan.json'), 'utf8')) as {
      skipped: { what: string; reason: string }[];
      unused: unknown[];
    };
    expect(unused).toEqual([]);
    expect(
      skipped.filter(
        ({ what, reason }) =>
          (/packages of|SBOM|^dockle on (?!.*published)/.test(what) && !what.startsWith('trivy on Java archives')) ||
          reason.includes('path'),
      ),
    ).toEqual([]);
  });

  test.each(images)('law: the SBOM of $name lists every npm and Debian package in its layers', async ({ name }) => {
    const archive = built.find(({ service }) => service === name)?.archive ?? '';
    const folder = temporaryFolder('layers');
    await execa('tar', ['-xf', archive, '-C', folder]);
    const blob = (digest: string): string => join(folder, 'blobs', digest.replace(':', '/'));
    const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
    const manifest = await json(blob((await json(join(folder, 'index.json'))).manifests[0].digest));
    const found = new Set<string>();
    for (const { digest } of manifest.layers as { digest: string }[]) {
      const { stdout } = await execa('tar', ['-tzf', blob(digest)]);
      const npm = stdout.matchAll(/(?:^|\/)node_modules\/((?:@[^/\n]+\/)?[^/@\n]+)\/package\.json$/gm);
      const debian = stdout.matchAll(/^(?:\.\/)?var\/lib\/dpkg\/status\.d\/([^/\n.]+)$/gm);
      for (const [, one = ''] of npm) found.add(`pkg:npm/${one}@`);
      for (const [, one = ''] of debian) found.add(`pkg:deb/debian/${one}@`);
    }
    expect(found).toContain('pkg:deb/debian/libc6@');
    const { components } = await json(join(out, `${name}.cdx.json`));
    const listed = (components as { purl?: string }[]).map(({ purl = '' }) =>
      decodeURIComponent(purl).replace(/(?<=.@)[^@]*$/, ''),
    );
    expect([...found].filter((purl) => !listed.includes(purl))).toEqual([]);
  });
});
