import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { Type } from 'typebox';
import { wellFormed } from '../../tools/well-formed.ts';
import { Archives } from '../images/archives.ts';
import { extendedBuild } from '../images/extended.ts';
import { catalog, EXTENDED, readLock } from '../images/index.ts';
import { lockedImage } from '../images/prebuilt.ts';
import { dockerArchive } from './docker-archive.ts';
import { LOCK_FILE, type ScannedImage, type Skipped, type Subject } from './tools/tool.ts';

export interface Sources {
  /** Root of the repository. */
  readonly root: string;
  /** Our images, such as `users`, with the folder that has the Dockerfile, such as `services/users`. */
  readonly images: readonly { readonly name: string; readonly folder: string }[];
  /** File with the digests that a release locked. */
  readonly imagesLock: string;
  /** Folder with the archives of releases. @default folder `images` in the cache */
  readonly archives?: Archives;
  /** Folder with vulnerability databases: Trivy's `db/`, osv-scanner's `osv-scalibr/`. @default scanners download their own */
  readonly db?: string;
}

/**
 * Finds the images of a release by their locked digests, and copies them to the folder where scanners run.
 * @param work an empty folder
 * @throws ConfigurationError for an unreadable lock file, and for an archive other than the locked image
 */
export async function collectSubject(sources: Sources, work: string): Promise<Subject> {
  const { root, imagesLock, archives = new Archives(), db } = sources;
  await writeFile(join(work, LOCK_FILE), await packageLock(join(root, LOCK_FILE)));
  const lock = await readLock(imagesLock);
  const [images, skipped, dockerfiles]: [ScannedImage[], Skipped[], string[]] = [[], [], []];
  for (const { name, folder } of sources.images) {
    dockerfiles.push(`${folder}/Dockerfile`);
    const { reference, tag } = lockedImage(lock, name, imagesLock);
    const archive = await archives.find(name, tag);
    if (archive === undefined) {
      const fix = 'run npm run release, and scan again';
      skipped.push({ what: `image ${name}`, reason: 'no image with the locked tag is built here', fix });
      continue;
    }
    const file = `${name}.tar`;
    await dockerArchive(archive.file, reference, join(work, file));
    images.push({ name, ours: true, at: ['--input', file] });
  }
  // No archive is built of these: the Dockerfile is ours, and the base image is third-party.
  for (const name of EXTENDED) dockerfiles.push(relative(root, (await extendedBuild(name)).dockerfile));
  // By digest alone: not every scanner accepts a tag and a digest together.
  for (const [name, { repository, digest }] of Object.entries(catalog))
    images.push({ name: `${name} (published)`, ours: false, at: [`${repository}@${digest}`] });
  return { root, work, images, dockerfiles, skipped, ...(db !== undefined && { db }) };
}

async function packageLock(file: string): Promise<string> {
  const fix = 'restore it from git, or run npm install';
  const text = await readFile(file, 'utf8').catch(({ message }: Error) => {
    throw new ConfigurationError({
      code: 'file-unreadable',
      where: file,
      problem: `it cannot be read: ${message}`,
      fix,
    });
  });
  wellFormed(file, Type.Object({ lockfileVersion: Type.Literal(3) }), text, fix);
  return text;
}
