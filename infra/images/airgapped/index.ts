import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../../cache.ts';
import { ensureDebianPackages } from '../../debian.ts';
import type { Progress } from '../../progress.ts';
import type { Archive, Archives } from '../archives.ts';
import { catalogue, type ThirdPartyName } from '../catalogue.ts';
import { imageReference } from '../reference.ts';
import { buildConfig, nodeLayers, packagedNodeVersion, runtimeConfig } from './node.ts';
import { type ImageConfig, type Layer, writeImage } from './oci.ts';
import { postgresConfig, postgresLayers } from './postgres.ts';

/** Stands before the repository of an image that was made here in place of a public one. */
const LOCAL_MIRROR = 'groundwork.local/mirror';

/** Where stand-ins are kept, and how their making is shown. */
export interface Making {
  /** Root of the repository. */
  readonly root: string;
  readonly archives: Archives;
  readonly progress: Progress;
}

/**
 * Bases of our services' images, for a machine that no registry reaches: one with npm for the first stages, one with
 * Node alone for the last. Made once, then found in the cache until what makes them changes; newer Debian packages
 * alone don't: remove the cache's `images` folder for those. Needs root and Linux x64.
 */
export async function nodeArchives(making: Making): Promise<{ readonly build: Archive; readonly runtime: Archive }> {
  const { archives, root } = making;
  const recipe = await recipeOf(root);
  const [build, runtime] = [await archives.find('node', recipe), await archives.find('node-runtime', recipe)];
  if (build !== undefined && runtime !== undefined) return { build, runtime };
  return inWorkFolder(making, 'making the images node and node-runtime from Debian and npm packages', async (work) => {
    const made = await nodeLayers(root, work);
    return {
      runtime: await keep(archives, recipe, 'node-runtime', made.version, made.runtime, runtimeConfig),
      build: await keep(archives, recipe, 'node', made.version, [...made.runtime, ...made.tools], buildConfig),
    };
  });
}

/** PostgreSQL of Debian behind the contract of the public image; made and kept as `nodeArchives` says. */
export async function postgresArchive(making: Making): Promise<Archive> {
  const { archives, root } = making;
  const recipe = await recipeOf(root);
  const found = await archives.find('postgres', recipe);
  if (found !== undefined) return found;
  return inWorkFolder(making, 'making the image postgres from Debian packages', async (work) => {
    const { version, layers } = await postgresLayers(work);
    return keep(archives, recipe, 'postgres', version, layers, postgresConfig);
  });
}

/** Writes an image and keeps it under a name of its own: never a public one, since its digest is another. */
async function keep(
  archives: Archives,
  recipe: string,
  name: ThirdPartyName,
  version: string,
  layers: readonly Layer[],
  config: ImageConfig,
): Promise<Archive> {
  const repository = `${LOCAL_MIRROR}/${catalogue[name].repository}`;
  return archives.add(name, recipe, async (file) => {
    const digest = await writeImage(file, `${repository}:${version}`, layers, config);
    return { reference: imageReference({ repository, version, digest }), digest };
  });
}

/** Names how the images are made: this folder's files, and the version of Node. */
async function recipeOf(root: string): Promise<string> {
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.endsWith('.test.ts')).sort();
  return contentHash(await packagedNodeVersion(root), ...(await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name))))));
}

async function inWorkFolder<T>({ progress }: Making, what: string, make: (folder: string) => Promise<T>): Promise<T> {
  await ensureDebianPackages(['mmdebstrap'], progress);
  progress.step(what);
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-image-'));
  try {
    return await make(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
