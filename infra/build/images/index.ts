/** Images: the catalog, builds of our images, and references for manifests. Start at `catalog.ts`. */
export { type Archive, Archives } from './archives.ts';
export {
  type BuiltImage,
  type ImageBuilder,
  type LocalImage,
  type LocalImages,
  OWN_REPOSITORY,
  type OwnImage,
} from './builder.ts';
export { catalog, type ThirdPartyImage, type ThirdPartyName } from './catalog.ts';
export { buildArguments, type ImageContent, type ImageInputs, imageContent, imageInputs } from './content.ts';
export { DockerBuilder, dockerBuild } from './docker.ts';
export { EXTENDED, extendedImages } from './extended.ts';
export { buildFailed, stepOf } from './failure.ts';
export { type ImageLock, readLock, release, writeLock } from './lock.ts';
export { PrebuiltImages } from './prebuilt.ts';
export { type ImageName, imageReference, mirrored } from './reference.ts';
export { type ImageSources, resolveImages, withoutImages } from './resolve.ts';
