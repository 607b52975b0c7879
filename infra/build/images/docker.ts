import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { Progress } from '../../tools/progress.ts';
import { type BuiltImage, type ImageBuilder, OWN_REPOSITORY, type OwnImage } from './builder.ts';
import { catalog } from './catalog.ts';
import { buildArguments, imageContent } from './content.ts';
import { buildFailed, stepOf } from './failure.ts';
import { imageReference, mirrored } from './reference.ts';

/** Inputs of a Docker build of one image, for the docker CLI and `@pulumi/docker`. */
export interface DockerBuild {
  readonly context: string;
  readonly dockerfile: string;
  /** Build arguments, including the base images. */
  readonly args: Readonly<Record<string, string>>;
  /** Content tag. */
  readonly tag: string;
  /** Name with tag, such as `groundwork.local/users:0f3c…`. */
  readonly name: string;
}

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

/**
 * Builds an image into the daemon's store, unless it exists there.
 * @returns whether it was built
 * @throws ConfigurationError with the step that failed and the last lines of output
 */
export async function buildInDaemon(
  image: string,
  { context, dockerfile, args, name }: DockerBuild,
  progress: Progress,
): Promise<boolean> {
  if (!(await execa('docker', ['image', 'inspect', name], { reject: false })).failed) return false;
  progress.step(`building image ${image}`);
  const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  // No timestamps and no attestation in the image: the same content gives the same digest.
  const how = [
    '--progress',
    'plain',
    '--provenance=false',
    '--output',
    `type=docker,name=${name},rewrite-timestamp=true`,
  ];
  const run = execa('docker', ['buildx', 'build', ...how, ...given, '--file', dockerfile, context], {
    env: { SOURCE_DATE_EPOCH: '0' },
    reject: false,
    all: true,
  });
  const output: string[] = [];
  for await (const line of run.iterable({ from: 'all' })) {
    output.push(line);
    const step = stepOf(line);
    if (step !== undefined) progress.step(`building image ${image}: ${step}`);
  }
  const { failed, code } = await run;
  if (code === 'ENOENT')
    throw new ConfigurationError({
      code: 'tool-missing',
      where: 'docker',
      problem: 'there is no `docker` on PATH',
      fix: 'install Docker with buildx, or use another kind of cluster',
    });
  if (failed) throw buildFailed(image, dockerfile, output);
  return true;
}
