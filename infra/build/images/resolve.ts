import { type Images, partOf, type System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import type { BuiltImage, LocalImage } from './builder.ts';
import { catalog, type ThirdPartyImage, type ThirdPartyName } from './catalog.ts';
import { imageReference, mirrored } from './reference.ts';

export interface ImageSources {
  readonly services: readonly Pick<BuiltImage, 'service' | 'reference' | 'at'>[];
  /** Images built here, which replace those of the catalog. @default none */
  readonly local?: readonly LocalImage[];
  /** Mirror that every image is pulled from, such as `mirror.example:5000`. Images on this machine are not pulled. @default the public registries */
  readonly registry?: string;
  /** Images of the catalog that the cluster can't get: the charts that use them are left out. @default none */
  readonly unavailable?: readonly string[];
}

/**
 * Resolves the reference of each image in the manifests. Pure.
 * @throws ConfigurationError from `service` or `thirdParty` for an image that is neither built nor in the catalog.
 */
export function resolveImages({ services, local = [], registry }: ImageSources): Images {
  return {
    service(name) {
      const image = services.find(({ service }) => service === name);
      if (image === undefined)
        throw new ConfigurationError({
          code: 'image-unknown',
          where: `image of service '${name}'`,
          problem: 'it was neither built nor locked',
          fix: `add '${name}' to the services that are built: ${services.map(({ service }) => service).join(', ') || 'none'}`,
        });
      return image.at === 'registry' ? mirrored(image.reference, registry) : image.reference;
    },
    thirdParty(name) {
      const standIn = local.find((image) => image.name === name);
      if (standIn !== undefined) return standIn.reference;
      const image: ThirdPartyImage | undefined = Object.hasOwn(catalog, name)
        ? catalog[name as ThirdPartyName]
        : undefined;
      if (image === undefined)
        throw new ConfigurationError({
          code: 'image-unknown',
          where: `image '${name}'`,
          problem: 'the catalog does not have it',
          fix: `add it to infra/build/images/catalog.ts, or use one of ${Object.keys(catalog).join(', ')}`,
        });
      return mirrored(imageReference(image), registry);
    },
  };
}

/**
 * The objects of the charts that use none of the images, for a cluster that can't get these.
 * @param references as in the manifests
 */
export function withoutImages(system: System, references: readonly string[]): System {
  const quoted = references.map((reference) => JSON.stringify(reference));
  const left = new Set(
    system.objects
      .filter(({ manifest }) => quoted.some((reference) => JSON.stringify(manifest).includes(reference)))
      .map(({ chart }) => chart),
  );
  return partOf(system, ({ chart }) => !left.has(chart));
}
