import type { Manifest } from '@groundwork/constructs';
import { isObject } from '../diff/index.ts';
import { imageParts } from '../image.ts';

/** Prefix of substitute images that a machine without a registry builds from packages, often in another version. */
const STAND_IN = /^groundwork\.local\/mirror\//;

/**
 * A live object and its dry run with normalized images: a deploy to a cluster without a registry substitutes
 * third-party images and builds those of the services, with tags and digests that the source can't predict. Neither is
 * a change while the source is the same as in the base.
 */
export function normalizeImages(
  live: Manifest,
  would: Manifest,
  base: Manifest | undefined,
): { readonly live: Manifest; readonly would: Manifest } {
  const [running, after, before] = [imagesOf(live), imagesOf(would), base && imagesOf(base)];
  const reported = (image: string) => image.replace(/@.*$/, '');
  const standsIn = (runs: string, image: string) =>
    STAND_IN.test(runs) && repositoryOf(runs.replace(STAND_IN, '')) === repositoryOf(image);
  return {
    live: withImages(live, (name, image) =>
      image.includes('@') && after.get(name)?.includes('@') === false ? reported(image) : image,
    ),
    would: withImages(would, (name, image) => {
      const runs = running.get(name);
      if (runs !== undefined && standsIn(runs, image)) return runs;
      const built =
        !image.includes('@') &&
        before?.get(name) === image &&
        runs !== undefined &&
        repositoryOf(runs) === repositoryOf(image);
      return built ? reported(runs) : image;
    }),
  };
}

function repositoryOf(image: string): string {
  return imageParts(image).repository;
}

function imagesOf(manifest: Manifest): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  withImages(manifest, (name, image) => {
    found.set(name, image);
    return image;
  });
  return found;
}

/** Replaces the image of each container anywhere in the object's spec. */
function withImages(manifest: Manifest, image: (container: string, image: string) => string): Manifest {
  const walk = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((each) => walk(each, key));
    if (!isObject(value)) return value;
    const { name, image: from } = value;
    const isContainer = /^(initC|c)ontainers$/.test(key) && typeof name === 'string' && typeof from === 'string';
    const inner = Object.fromEntries(Object.entries(value).map(([at, each]) => [at, walk(each, at)]));
    return isContainer ? { ...inner, image: image(name, from) } : inner;
  };
  return manifest.spec === undefined ? manifest : { ...manifest, spec: walk(manifest.spec) };
}
