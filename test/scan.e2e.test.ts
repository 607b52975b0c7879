import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { BuildahBuilder } from '@groundwork/local';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import type { BuiltImage } from '../infra/build/images/index.ts';
import { describeArchive } from '../infra/build/scan/describe/from-archive.ts';
import type { Package } from '../infra/build/scan/describe/image.ts';
import { readPackageLock, workspacePackages } from '../infra/build/scan/describe/lock.ts';
import { sbom } from '../infra/build/scan/sbom.ts';
import { images } from '../stacks/shop.ts';

const root = join(import.meta.dirname, '..');
const progress = { step: () => {}, say: () => {}, skipped: () => {} };

const capable = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0;
if (!capable) console.warn('images are not built: that takes root on Linux x64');

(capable ? describe : describe.skip)('what a scan says of images that were built', () => {
  let built: readonly BuiltImage[];
  beforeAll(async () => {
    built = await new BuildahBuilder({ root }).build(images, progress);
  });

  const builtOf = (service: string): BuiltImage => built.find((one) => one.service === service) as BuiltImage;
  const archiveOf = (service: string): string => builtOf(service).archive as string;
  const packagesOf = async (service: string): Promise<readonly Package[]> =>
    (await describeArchive(service, builtOf(service).reference, archiveOf(service), [])).packages;
  const names = (packages: readonly Package[]): string[] =>
    packages
      .filter(({ ecosystem }) => ecosystem === 'npm')
      .map(({ place, version }) => `${place.replace(/^app\//, '')} ${version}`);

  test.each(images)(
    'law: the lock file foretells the packages that end in $name, each in its place and version, and no other',
    async ({ name, folder }) => {
      const foretold = names(workspacePackages(await readPackageLock(root), folder));
      expect(names(await packagesOf(name)).sort()).toEqual(foretold.sort());
      expect(foretold.length).toBeGreaterThan(10);
    },
  );

  test.each(images)(
    'law: the SBOM of $name names every package that tar finds in its layers, of npm and of Debian, and the Node that runs it',
    async ({ name: service }) => {
      const folder = await mkdtemp(join(tmpdir(), 'layers-'));
      try {
        await execa('tar', ['-xf', archiveOf(service), '-C', folder]);
        const blob = async (digest: string): Promise<string> => join(folder, 'blobs', digest.replace(':', '/'));
        const json = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
        const manifest = await json(await blob((await json(join(folder, 'index.json'))).manifests[0].digest));
        const listed: string[] = [];
        for (const { digest } of manifest.layers as { digest: string }[])
          listed.push(...(await execa('tar', ['-tzf', await blob(digest)])).stdout.split('\n'));
        const found = listed
          .map((path) => path.replace(/^\.\//, ''))
          .filter((path) =>
            /^app\/(?:services\/\w+\/)?(?:node_modules\/(?:@[^/]+\/)?[^/@]+\/)+package\.json$|^var\/lib\/dpkg\/status\.d\/./.test(
              path,
            ),
          );
        expect(found).toContain('var/lib/dpkg/status.d/libc6');
        const { components } = JSON.parse(
          sbom({ name: service, type: 'container', packages: await packagesOf(service) }),
        );
        const refs = (components as { 'bom-ref': string }[]).map((one) => one['bom-ref'].replace(/^[^#]*#/, ''));
        expect(refs.sort()).toEqual(
          [...found.map((path) => path.replace('/package.json', '')), 'nodejs/bin/node'].sort(),
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test('the command scans them from start to end, and finds nothing bad that it can see', async () => {
    const out = await mkdtemp(join(tmpdir(), 'scan-'));
    try {
      const { stdout, exitCode } = await execa('npm', ['run', '--silent', 'scan', '--', '--out', out], {
        cwd: root,
        reject: false,
      });
      expect({ stdout, exitCode }).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('Nothing of severity high or worse'),
      });
      const { skipped } = JSON.parse(await readFile(join(out, 'scan.json'), 'utf8')) as {
        skipped: { what: string; recordOrigin: string }[];
      };
      expect(
        skipped.filter(
          ({ what, recordOrigin }) => /^Debian|^dockle on (?!.*published)/.test(what) || recordOrigin.includes('path'),
        ),
      ).toEqual([]);
      for (const name of [...images.map((image) => image.name), 'package-lock']) {
        const text = await readFile(join(out, `${name}.cdx.json`), 'utf8');
        expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
      }
    } finally {
      await rm(out, { recursive: true });
    }
  });
});
