import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import { Archives } from '../images/archives.ts';
import { catalogue } from '../images/catalogue.ts';
import { EXTENDED, extendedBuild } from '../images/extended.ts';
import { type ImageLock, readLock } from '../images/lock.ts';
import { lockedImage } from '../images/prebuilt.ts';
import { describeArchive } from './describe/from-archive.ts';
import { basesOf, describeDockerfile } from './describe/from-dockerfile.ts';
import { lockedPackages, readPackageLock, servicePackages } from './describe/lock.ts';
import type { ScannedImage, Skipped, Subject } from './tools/tool.ts';

/** What is scanned, and what of it can't be seen from here. */
export interface Seen {
  readonly subject: Subject;
  readonly skipped: readonly Skipped[];
}

export interface Sources {
  /** Root of the repository. */
  readonly root: string;
  /** Services with an image each, such as `users`. */
  readonly services: readonly string[];
  /** Where releases leave their archives. @default folder `images` in the cache */
  readonly archives?: Archives;
}

/**
 * Finds what a release built, by the digests that it locked. What was not built on this machine is described by its
 * Dockerfile and the lock file of packages, and that is said.
 * @throws Mistake for a lock file that can't be read, and for an archive that is not what is locked
 */
export async function see({ root, services, archives = new Archives() }: Sources): Promise<Seen> {
  const [file, packageLock] = [join(root, 'stacks/images.lock.json'), await readPackageLock(root)];
  const lock = await readLock(file);
  const images: ScannedImage[] = [];
  const [unbuilt, unlisted]: [string[], string[]] = [[], []];
  for (const service of services) {
    const { reference, archive } = await locked(lock, service, file, archives);
    const dockerfile = await readFile(join(root, 'services', service, 'Dockerfile'), 'utf8');
    if (archive === undefined) {
      images.push({ description: describeDockerfile(service, reference, dockerfile, servicePackages(packageLock, service)) });
      unbuilt.push(service);
    } else {
      const description = await describeArchive(service, reference, archive, basesOf(dockerfile));
      images.push({ description, archive });
      if (description.files.some(({ path }) => path === 'etc/debian_version') && !description.packages.some(({ ecosystem }) => ecosystem === 'debian')) {
        unlisted.push(service);
      }
    }
  }
  const dockerfiles = await Promise.all(
    EXTENDED.map(async (name) => {
      const build = await extendedBuild(name);
      return describeDockerfile(name, build.name, await readFile(build.dockerfile, 'utf8'));
    }),
  );
  // By digest alone: not every tool knows a tag and a digest together.
  const published = Object.entries(catalogue).map(([name, { repository, digest }]) => ({ name: `${name} (published)`, reference: `${repository}@${digest}` }));
  const skipped = [
    ...(unbuilt.length === 0
      ? []
      : [{ what: `the files of ${unbuilt.join(', ')}`, because: 'no image is built here; Dockerfile and packages were looked at', mend: RELEASE }]),
    ...(unlisted.length === 0
      ? []
      : [
          {
            what: `Debian packages of ${unlisted.join(', ')}`,
            because: 'the base keeps no list of them',
            mend: 'have infra/images/airgapped keep what dpkg knows',
          },
        ]),
  ];
  return { subject: { root, locked: lockedPackages(packageLock), images, dockerfiles, published }, skipped };
}

const RELEASE = 'run npm run release, and scan again';

/** A service's image as it is locked, and its archive if it is here. */
async function locked(lock: ImageLock, service: string, file: string, archives: Archives): Promise<{ readonly reference: string; readonly archive?: string }> {
  const { reference, tag, digest } = lockedImage(lock, service, file);
  const archive = await archives.find(service, tag);
  if (archive === undefined) return { reference };
  if (archive.digest !== digest) {
    throw new Mistake(`${file} › ${service}`, `${digest} is locked, but the archive ${archive.file} holds ${archive.digest}`, RELEASE);
  }
  return { reference, archive: archive.file };
}
