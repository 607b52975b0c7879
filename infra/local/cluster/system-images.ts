import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Archive, Archives, OWN_REPOSITORY } from '../../build/images/index.ts';
import { cacheRoot, contentHash } from '../../tools/cache.ts';
import { elapsed, type Progress } from '../../tools/progress.ts';
import { debianRoot, linkBusybox } from '../images/debian.ts';
import { writeImage } from '../images/oci.ts';
import type { Binaries, BinaryName } from './binaries.ts';

/** Images the cluster itself runs, each with one static binary in it. */
const ofBinaries = [
  'pause',
  'coredns',
  'metrics-server',
  'local-path-provisioner',
] as const satisfies readonly BinaryName[];

/** For the volume provisioner's helper pods; tests use it too. */
export const BUSYBOX = 'docker.io/library/busybox:1.35';

/** Key `pause`, `coredns`, …, `busybox`. */
export type SystemImages = Readonly<Record<string, Archive>>;

/** Makes the archives that the cache lacks. The tag of an image names its content: a rebuilt one rolls its pods. */
export async function systemImages(
  binaries: Binaries,
  progress: Progress,
  archives = new Archives(join(cacheRoot(), 'system-images')),
): Promise<SystemImages> {
  const recipe = await readFile(import.meta.filename);
  const made: Record<string, Archive> = {};
  for (const name of ofBinaries) {
    const tag = contentHash(recipe, basename(dirname(binaries[name])));
    const make = (file: string) => imageOfBinary(file, `${OWN_REPOSITORY}/${name}:${tag}`, binaries[name]);
    made[name] =
      (await archives.find(name, tag)) ??
      (await elapsed(progress, `making the image ${name}`, () => archives.add(name, tag, make)));
  }
  const tag = contentHash(recipe);
  made.busybox =
    (await archives.find('busybox', tag)) ??
    (await elapsed(progress, 'making the image busybox from Debian packages', () =>
      archives.add('busybox', tag, imageOfBusybox),
    ));
  return made;
}

/** Puts the images' references in place of `groundwork.local/NAME:built`. */
export function withImages(manifest: string, images: SystemImages): string {
  return manifest.replace(/groundwork\.local\/([a-z-]+):built/g, (_, name: string) => {
    const image = images[name];
    if (image === undefined) throw new Error(`no system image '${name}'; there are ${Object.keys(images).join(', ')}`);
    return image.reference;
  });
}

async function imageOfBinary(file: string, reference: string, binary: string): Promise<Omit<Archive, 'file'>> {
  return inTemporaryFolder(async (folder) => {
    const name = basename(binary);
    await mkdir(join(folder, 'bin'));
    await mkdir(join(folder, 'tmp'));
    await copyFile(binary, join(folder, 'bin', name));
    const digest = await writeImage(file, reference, [{ folder }], {
      User: '65532:65532',
      Entrypoint: [`/bin/${name}`],
    });
    return { reference, digest };
  });
}

async function imageOfBusybox(file: string): Promise<Omit<Archive, 'file'>> {
  return inTemporaryFolder(async (work) => {
    const folder = join(work, 'root');
    await debianRoot(folder, ['busybox', 'libc6']);
    await linkBusybox(folder);
    const digest = await writeImage(file, BUSYBOX, [{ folder, keepOwners: true }], {
      Cmd: ['sh'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    });
    return { reference: BUSYBOX, digest };
  });
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-system-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
