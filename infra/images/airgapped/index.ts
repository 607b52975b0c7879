import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash } from '../../cache.ts';
import type { Progress } from '../../progress.ts';
import type { Archive, Archives } from '../archives.ts';
import { catalogue } from '../catalogue.ts';
import { imageReference } from '../reference.ts';
import { buildConfig, nodeLayers, packagedNodeVersion, runtimeConfig } from './node.ts';
import { type ImageConfig, type Layer, writeImage } from './oci.ts';
import { postgresConfig, postgresLayers } from './postgres.ts';

/** Images of the catalogue that can be made here, from Debian and npm packages. */
export type AirgappedName = 'node' | 'node-runtime' | 'postgres';

/** Where images of the catalogue stand that were made here: never under a public name, since their digests differ. */
const LOCAL_MIRROR = 'groundwork.local/mirror';

/**
 * Stand-ins for images of the catalogue, for a cluster that no registry reaches. Made once, then found in the cache
 * until what makes them changes; newer Debian packages alone don't: remove the cache's `images` folder for those.
 * Needs root, Linux x64 and mmdebstrap.
 */
export async function airgappedArchives(root: string, archives: Archives, progress: Progress): Promise<Readonly<Record<AirgappedName, Archive>>> {
  const recipe = await recipeOf(root);
  const known = async (name: AirgappedName): Promise<Archive | undefined> => archives.find(name, recipe);
  const keep = (name: AirgappedName, version: string, layers: readonly Layer[], config: ImageConfig): Promise<Archive> =>
    archives.add(name, recipe, async (file) => {
      const repository = `${LOCAL_MIRROR}/${catalogue[name].repository}`;
      const digest = await writeImage(file, `${repository}:${version}`, layers, config);
      return { reference: imageReference({ repository, version, digest }), digest };
    });

  const made: Partial<Record<AirgappedName, Archive>> = {
    node: await known('node'),
    'node-runtime': await known('node-runtime'),
    postgres: await known('postgres'),
  };
  if (made.node === undefined || made['node-runtime'] === undefined) {
    progress.step('making the images node and node-runtime from Debian and npm packages');
    await inTemporaryFolder(async (work) => {
      const { version, runtime, tools } = await nodeLayers(root, work);
      made['node-runtime'] = await keep('node-runtime', version, runtime, runtimeConfig);
      made.node = await keep('node', version, [...runtime, ...tools], buildConfig);
    });
  }
  if (made.postgres === undefined) {
    progress.step('making the image postgres from Debian packages');
    await inTemporaryFolder(async (work) => {
      const { version, layers } = await postgresLayers(work);
      made.postgres = await keep('postgres', version, layers, postgresConfig);
    });
  }
  return made as Record<AirgappedName, Archive>;
}

/** Names how the images are made: this folder's files, and the version of Node. */
async function recipeOf(root: string): Promise<string> {
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.endsWith('.test.ts')).sort();
  return contentHash(await packagedNodeVersion(root), ...(await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name))))));
}

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-image-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
