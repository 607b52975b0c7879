import { join } from 'node:path';
import type { Progress } from '../../tools/progress.ts';
import { buildInDaemon, type DockerBuild } from './build-in-daemon.ts';
import { type BuiltImage, type ImageBuilder, OWN_REPOSITORY, type OwnImage } from './builder.ts';
import { catalog } from './catalog.ts';
import { buildArguments, imageContent } from './content.ts';
import { imageReference, mirrored } from './reference.ts';

/**
 * Computes the build of an image from the public base images of the catalog or their mirror.
 * @throws ConfigurationError if it has no Dockerfile, or the registry's name is invalid.
 */
export async function dockerBuild(root: string, image: OwnImage, registry?: string): Promise<DockerBuild> {
  const bases = {
    build: mirrored(imageReference(catalog.node), registry),
    runtime: mirrored(imageReference(catalog['node-runtime']), registry),
  };
  // A mirror has the same content, so it changes no tag.
  const content = await imageContent(root, image, [catalog.node.digest, catalog['node-runtime'].digest]);
  const args = Object.fromEntries(
    buildArguments(content, bases).map((argument) => [
      argument.slice(0, argument.indexOf('=')),
      argument.slice(argument.indexOf('=') + 1),
    ]),
  );
  return {
    context: root,
    dockerfile: join(root, content.dockerfile),
    args,
    tag: content.tag,
    name: `${OWN_REPOSITORY}/${image.name}:${content.tag}`,
  };
}

/** Builds with the docker CLI into the daemon's store, from which kind loads images. */
export class DockerBuilder implements ImageBuilder {
  public readonly name = 'docker';
  readonly #options: { readonly root: string; readonly registry?: string };

  public constructor(options: { readonly root: string; readonly registry?: string }) {
    this.#options = options;
  }

  public async build(images: readonly OwnImage[], progress: Progress): Promise<readonly BuiltImage[]> {
    const built: BuiltImage[] = [];
    for (const image of images) {
      const build = await dockerBuild(this.#options.root, image, this.#options.registry);
      const fresh = await buildInDaemon(image.name, build, progress);
      built.push({
        service: image.name,
        reference: build.name,
        tag: build.tag,
        digest: undefined,
        at: 'daemon',
        fresh,
      });
    }
    return built;
  }
}
