import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import {
  airgappedImages,
  catalog,
  EXTENDED,
  extendedImages,
  type ImageSources,
  imageBuilder,
  type LocalImage,
  resolveImages,
  type ThirdPartyName,
} from '../build/images/index.ts';
import type { Cluster, LoadableImage } from '../deploy/cluster/driver.ts';
import type { Progress } from '../tools/progress.ts';
import { namedImages } from './named-images.ts';

/** Images ready for one cluster: references for the manifests, and what has to be loaded into its nodes. */
export interface ClusterImages extends Images {
  readonly loadable: readonly LoadableImage[];
  /** Such as `users built; catalog, gateway unchanged`. */
  readonly summary: string;
  /** Of the catalog, that this cluster can't have. */
  readonly unavailable: readonly ThirdPartyName[];
}

/** Images that manifests name. */
export interface WantedImages {
  /** Our own. */
  readonly services: readonly string[];
  /** Those of the catalog. */
  readonly thirdParty: readonly ThirdPartyName[];
}

/** The images that objects name which were composed with `namedImages`. */
export function wantedImages({ objects }: System, services: readonly string[]): WantedImages {
  const text = JSON.stringify(objects.map(({ manifest }) => manifest));
  const isNamed = (reference: string): boolean => text.includes(JSON.stringify(reference));
  return {
    services: services.filter((name) => isNamed(namedImages.service(name))),
    thirdParty: (Object.keys(catalog) as ThirdPartyName[]).filter((name) => isNamed(namedImages.thirdParty(name))),
  };
}

/** Builds what a cluster needs the way its nodes can take it: archives by buildah, the Docker daemon's, or what a release built. */
export async function imagesFor(
  cluster: Cluster,
  wanted: WantedImages,
  registry: string | undefined,
  progress: Progress,
): Promise<ClusterImages> {
  const mirror = registry === undefined ? {} : { registry };
  const local = await madeHere(cluster, wanted.thirdParty, registry, progress);
  const builder = imageBuilder(
    ({ archive: 'buildah', docker: 'docker', registry: 'prebuilt' } as const)[cluster.images],
    mirror,
  );
  const built = await builder.build(wanted.services, progress);
  const sources: ImageSources = { services: built, local, ...mirror };
  remember(sources);
  const inNodes = cluster.images === 'registry' ? [] : [...built, ...local];
  const names = (fresh: boolean): string =>
    built
      .filter((image) => image.fresh === fresh)
      .map(({ service }) => service)
      .join(', ');
  const parts = [names(true) && `${names(true)} built`, names(false) && `${names(false)} unchanged`];
  return {
    ...resolveImages(sources),
    loadable: inNodes.map(({ reference, archive }) => (archive === undefined ? { reference } : { reference, archive })),
    unavailable:
      cluster.images === 'archive'
        ? wanted.thirdParty.filter((name) => !local.some((image) => image.name === name))
        : [],
    summary: `${builder.name}: ${parts.filter(Boolean).join('; ')}`,
  };
}

/** Those of the catalog that are made on this machine: all for a cluster that reaches no registry, else those that we add to. */
async function madeHere(
  cluster: Cluster,
  names: readonly ThirdPartyName[],
  registry: string | undefined,
  progress: Progress,
): Promise<readonly LocalImage[]> {
  if (cluster.images === 'archive') return airgappedImages(names, progress);
  if (cluster.images === 'docker') return extendedImages(names, progress, registry);
  const [extended] = EXTENDED.filter((name) => names.includes(name));
  if (extended === undefined) return [];
  throw new ConfigurationError({
    code: 'image-unavailable',
    where: `image '${extended}' for cluster '${cluster.context}'`,
    problem: `the cluster only pulls images, and the builtin back end needs more in it than its publisher puts there (infra/build/images/${extended}/Dockerfile)`,
    fix: "choose the back ends 'strimzi' and 'cnpg' for that environment, or a kind or embedded cluster",
  });
}

/** Notes what the cluster holds, for a `pulumi up` by hand: its program reads this file, and builds nothing then. */
function remember(sources: ImageSources): void {
  const folder = join(import.meta.dirname, '../../.groundwork');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'images.dev.json'), JSON.stringify(sources, null, 2));
}
