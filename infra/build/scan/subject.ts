import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { Archives } from '../images/archives.ts';
import type { OwnImage } from '../images/builder.ts';
import { catalog } from '../images/catalog.ts';
import { EXTENDED, extendedBuild } from '../images/extended.ts';
import { readLock } from '../images/lock.ts';
import { lockedImage } from '../images/prebuilt.ts';
import { describeArchive } from './describe/from-archive.ts';
import { basesOf, describeDockerfile } from './describe/from-dockerfile.ts';
import { lockedPackages, readPackageLock, workspacePackages } from './describe/lock.ts';
import type { ScannedImage, Skipped, Subject } from './tools/tool.ts';

/** What is scanned, and what of it can't be seen from here. */
export interface Seen {
  readonly subject: Subject;
  readonly skipped: readonly Skipped[];
}

export interface Sources {
  /** Root of the repository. */
  readonly root: string;
  /** Our images. */
  readonly images: readonly OwnImage[];
  /** File that holds their digests. */
  readonly imagesLock: string;
  /** Where releases leave their archives. @default folder `images` in the cache */
  readonly archives?: Archives;
}

/**
 * Finds what a release built, by the digests that it locked. What was not built on this machine is described by its
 * Dockerfile and the lock file of packages, and that is said.
 * @throws ConfigurationError for a lock file that can't be read, and for an archive that is not what is locked
 */
export async function collectSubject({
  root,
  images: own,
  imagesLock,
  archives = new Archives(),
}: Sources): Promise<Seen> {
  const [packageLock, lock] = [await readPackageLock(root), await readLock(imagesLock)];
  const images: ScannedImage[] = [];
  for (const { name: service, folder } of own) {
    const { reference, tag } = lockedImage(lock, service, imagesLock);
    const archive = (await archives.find(service, tag))?.file;
    const dockerfile = await dockerfileOf(join(root, folder, 'Dockerfile'));
    images.push(
      archive === undefined
        ? { description: describeDockerfile(service, reference, dockerfile, workspacePackages(packageLock, folder)) }
        : { description: await describeArchive(service, reference, archive, basesOf(dockerfile)), archive },
    );
  }
  const dockerfiles = await Promise.all(
    EXTENDED.map(async (name) => {
      const build = await extendedBuild(name);
      return describeDockerfile(name, build.name, await readFile(build.dockerfile, 'utf8'));
    }),
  );
  // By digest alone: not every tool knows a tag and a digest together.
  const published = Object.entries(catalog).map(([name, { repository, digest }]) => ({
    name: `${name} (published)`,
    reference: `${repository}@${digest}`,
  }));
  return {
    subject: { root, locked: lockedPackages(packageLock), images, dockerfiles, published },
    skipped: unseen(images),
  };
}

async function dockerfileOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: file,
      problem: `it can't be read: ${error.message}`,
      fix: 'write one; that of another image is a good start',
    });
  });
}

/** What of the images nobody can see from here. */
function unseen(images: readonly ScannedImage[]): Skipped[] {
  const names = (of: readonly ScannedImage[]): string => of.map(({ description }) => description.name).join(', ');
  const unbuilt = images.filter(({ archive }) => archive === undefined);
  const unlisted = images.filter(
    ({ description: { files, packages } }) =>
      files.some(({ path }) => path === 'etc/debian_version') &&
      !packages.some(({ ecosystem }) => ecosystem === 'debian'),
  );
  return [
    {
      of: unbuilt,
      what: 'the files of',
      recordOrigin: 'no image is built here; Dockerfile and packages were looked at',
      fix: 'run npm run release, and scan again',
    },
    {
      of: unlisted,
      what: 'Debian packages of',
      recordOrigin: 'the base keeps no list of them',
      fix: 'have infra/local/images keep what dpkg knows',
    },
  ].flatMap(({ of, what, ...why }) => (of.length === 0 ? [] : [{ what: `${what} ${names(of)}`, ...why }]));
}
