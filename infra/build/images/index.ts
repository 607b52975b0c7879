/** Images: which there are, how ours are built, and how manifests name them. Start at `catalog.ts`. */

import { join } from 'node:path';
import { isMadeHere, nodeArchives, standIn } from '../../local/images/index.ts';
import { ensureDebianPackages } from '../../tools/debian.ts';
import type { Progress } from '../../tools/progress.ts';
import { Archives } from './archives.ts';
import { BuildahBuilder } from './buildah.ts';
import type { ImageBuilder } from './builder.ts';
import { catalog, type ThirdPartyName } from './catalog.ts';
import { DockerBuilder } from './docker.ts';
import { PrebuiltImages } from './prebuilt.ts';
import type { LocalImage } from './resolve.ts';

export type { BuiltImage, ImageBuilder } from './builder.ts';
export { catalog, type ThirdPartyImage, type ThirdPartyName } from './catalog.ts';
export { type DockerBuild, dockerBuild } from './docker.ts';
export { EXTENDED, extendedImages } from './extended.ts';
export { type ImageLock, readLock, release, writeLock } from './lock.ts';
export { type ImageName, imageReference, mirrored } from './reference.ts';
export { type ImageSources, type LocalImage, resolveImages } from './resolve.ts';

/** Root of the repository this file stands in. */
const ROOT = join(import.meta.dirname, '../../..');

export interface BuilderOptions {
  /** Root of the repository. @default the one this file is part of */
  readonly root?: string;
  /** Mirror for the base images of the `docker` builder. @default the public registries */
  readonly registry?: string;
}

/** The builder of that name; `buildah` makes its own bases and installs itself on Debian when first asked to build. */
export function imageBuilder(name: ImageBuilder['name'], { root = ROOT, registry }: BuilderOptions = {}): ImageBuilder {
  switch (name) {
    case 'docker':
      return new DockerBuilder(registry === undefined ? { root } : { root, registry });
    case 'prebuilt':
      return new PrebuiltImages(lockFile(root));
    case 'buildah':
      return {
        name,
        build: async (services, progress) => {
          await ensureDebianPackages(['buildah'], progress);
          const archives = new Archives();
          return new BuildahBuilder({ root, archives, bases: () => nodeArchives({ root, archives, progress }) }).build(
            services,
            progress,
          );
        },
      };
  }
}

/** Where releases write the digests of what they built. */
export function lockFile(root: string = ROOT): string {
  return join(root, 'stacks/images.lock.json');
}

/**
 * Stand-ins for the images of the catalog that are asked for, for a cluster that no registry reaches. Needs root and
 * Linux x64. What can't be made from packages is left out, and said to be.
 */
export async function airgappedImages(
  names: readonly ThirdPartyName[],
  progress: Progress,
  root: string = ROOT,
): Promise<readonly LocalImage[]> {
  const made: LocalImage[] = [];
  for (const name of names) {
    if (!isMadeHere(name)) {
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
}
