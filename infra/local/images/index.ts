import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Archive,
  Archives,
  catalog,
  imageReference,
  type LocalImage,
  type LocalImages,
  OWN_REPOSITORY,
  type ThirdPartyName,
} from '../../build/images/index.ts';
import { contentHash, contents } from '../../tools/cache.ts';
import { ensureDebianPackages } from '../../tools/debian.ts';
import type { Progress } from '../../tools/progress.ts';
import { cassandra } from './cassandra.ts';
import { certManager, consul } from './go.ts';
import { kafka } from './kafka.ts';
import { buildConfig, nodeLayers, packagedNodeVersion, runtimeConfig } from './node.ts';
import { type ImageConfig, type Layer, type Make, writeImage } from './oci.ts';
import { postgres } from './postgres.ts';
import { alertmanager, postgresExporter, prometheus } from './prometheus.ts';

/** Stands before the repository of an image that was made here in place of a public one. */
const LOCAL_MIRROR = `${OWN_REPOSITORY}/mirror`;

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
  const recipe = await nodeRecipe(root);
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

/** Images that can be made here, and how; the files beside this one that each is made by, besides those that all share. */
const RECIPES: readonly { readonly name: ThirdPartyName; readonly make: Make; readonly sources: readonly string[] }[] =
  [
    { name: 'postgres', make: postgres, sources: ['postgres.ts', 'postgres-entrypoint.sh'] },
    { name: 'postgres-exporter', make: postgresExporter, sources: ['prometheus.ts'] },
    {
      name: 'kafka',
      make: kafka,
      sources: ['kafka.ts', 'java.ts', 'kafka', '../../build/images/kafka/tls', '../../build/images/kafka/pom.xml'],
    },
    {
      name: 'cassandra',
      make: cassandra,
      sources: ['cassandra.ts', 'java.ts', '../../build/images/cassandra/auth', '../../build/images/cassandra/pom.xml'],
    },
    { name: 'consul', make: consul, sources: ['go.ts', 'consul'] },
    { name: 'prometheus', make: prometheus, sources: ['prometheus.ts'] },
    { name: 'alertmanager', make: alertmanager, sources: ['prometheus.ts'] },
    { name: 'cert-manager-controller', make: certManager('controller'), sources: ['go.ts', 'cert-manager'] },
    { name: 'cert-manager-webhook', make: certManager('webhook'), sources: ['go.ts', 'cert-manager'] },
    { name: 'cert-manager-cainjector', make: certManager('cainjector'), sources: ['go.ts', 'cert-manager'] },
  ];

/**
 * Provides stand-ins for images of the catalog, for a cluster that no registry reaches. Needs root and Linux x64. What
 * can't be made from packages is left out and reported.
 * @param root of the repository
 */
export function standIns(root: string): LocalImages {
  return async (names, progress) => {
    const made: LocalImage[] = [];
    for (const name of names) {
      if (!RECIPES.some((recipe) => recipe.name === name)) {
        progress.skipped(
          catalog[name].repository,
          'it is in no package registry, and this cluster reaches no image registry; on a normal network it is pulled',
        );
        continue;
      }
      const { reference, file } = await standIn(name, { root, archives: new Archives(), progress });
      made.push({ name, reference, archive: file });
    }
    return made;
  };
}

/** The stand-in for an image of the catalog, behind the public image's contract; made and kept as `nodeArchives` says. */
export async function standIn(name: ThirdPartyName, making: Making): Promise<Archive> {
  const recipe = RECIPES.find((one) => one.name === name);
  if (recipe === undefined) throw new Error(`no recipe for ${name}`);
  const { archives, progress } = making;
  const content = await contentsOf([...SHARED, ...recipe.sources]);
  const found = await archives.find(name, content);
  if (found !== undefined) return found;
  return inWorkFolder(making, `making the image ${name}`, async (work) => {
    const { version, layers, config } = await recipe.make(work, progress);
    return keep(archives, content, name, version, layers, config);
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
  const repository = `${LOCAL_MIRROR}/${catalog[name].repository}`;
  return archives.add(name, recipe, async (file) => {
    const digest = await writeImage(file, `${repository}:${version}`, layers, config);
    return { reference: imageReference({ repository, version, digest }), digest };
  });
}

/** Names how the Node images are made: their files, and the version of Node. */
async function nodeRecipe(root: string): Promise<string> {
  return contentHash(await packagedNodeVersion(root), await contentsOf([...SHARED, 'node.ts']));
}

const SHARED = ['debian.ts', 'oci.ts'];

/** A short name for what is in files and folders beside this file. */
async function contentsOf(names: readonly string[]): Promise<string> {
  return contentHash(...(await Promise.all(names.map((name) => contents(join(import.meta.dirname, name))))).flat());
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
