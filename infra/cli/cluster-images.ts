import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Images, System } from '@groundwork/constructs';
import {
  catalog,
  type ImageSources,
  type OwnImage,
  resolveImages,
  type ThirdPartyName,
} from '../build/images/index.ts';
import type { Cluster, LoadableImage } from '../deploy/index.ts';
import type { Progress } from '../tools/progress.ts';
import { imageProvider } from './drivers.ts';
import { namedImages, type Program, type ProgramEnvironment } from './program.ts';

/** Images for one cluster: references for the manifests, and the images to load into its nodes. */
export interface ClusterImages extends Images {
  readonly loadable: readonly LoadableImage[];
  /** Such as `users built; catalog, gateway unchanged`. */
  readonly summary: string;
  /** Images of the catalog that this cluster can't get. */
  readonly unavailable: readonly ThirdPartyName[];
}

/** Images that manifests name. */
export interface WantedImages {
  /** References of our images, by service. */
  readonly own: readonly OwnImage[];
  /** References of the catalog's images, by name. */
  readonly thirdParty: readonly ThirdPartyName[];
}

/** The images that manifests composed with `namedImages` reference. */
export function wantedImages({ objects }: System, own: readonly OwnImage[]): WantedImages {
  const text = JSON.stringify(objects.map(({ manifest }) => manifest));
  const isNamed = (reference: string): boolean => text.includes(JSON.stringify(reference));
  return {
    own: own.filter(({ name }) => isNamed(namedImages.service(name))),
    thirdParty: (Object.keys(catalog) as ThirdPartyName[]).filter((name) => isNamed(namedImages.thirdParty(name))),
  };
}

/** Builds the images that an environment needs, in the form that the cluster's nodes accept. */
export async function imagesFor(
  cluster: Cluster,
  wanted: WantedImages,
  program: Program,
  { name: environment, registry }: ProgramEnvironment,
  progress: Progress,
): Promise<ClusterImages> {
  const mirror = registry === undefined ? {} : { registry };
  const { builder, local: localImages } = imageProvider(cluster, program, registry);
  const local = await localImages(wanted.thirdParty, progress);
  const built = await builder.build(wanted.own, progress);
  const unavailable =
    cluster.images === 'archive' ? wanted.thirdParty.filter((name) => !local.some((image) => image.name === name)) : [];
  const sources: ImageSources = { services: built, local, unavailable, ...mirror };
  remember(program.root, environment, sources);
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
    unavailable,
    summary: `${builder.name}: ${parts.filter(Boolean).join('; ')}`,
  };
}

/** Records the loaded images for a manual `pulumi up`: its program reads this file instead of building. */
function remember(root: string, environment: string, sources: ImageSources): void {
  const folder = join(root, '.groundwork');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `images.${environment}.json`), JSON.stringify(sources, null, 2));
}
