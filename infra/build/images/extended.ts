import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../../tools/cache.ts';
import type { Progress } from '../../tools/progress.ts';
import { buildInDaemon, type DockerBuild } from './build-in-daemon.ts';
import { type LocalImage, OWN_REPOSITORY } from './builder.ts';
import { catalog, type ThirdPartyName } from './catalog.ts';
import { contextFiles } from './inputs.ts';
import { imageReference, mirrored } from './reference.ts';

/** Images of the catalog to which our constructs need additions: `NAME/Dockerfile` adds them. */
export const EXTENDED = ['cassandra', 'kafka', 'postgres'] as const satisfies readonly ThirdPartyName[];

/**
 * Computes the build of one of them. Its tag is a hash of its Dockerfile, the files it copies, and the digest of its base.
 * @param registry mirror that the base is pulled from @default its public registry
 * @throws ConfigurationError if the registry's name is invalid
 */
export async function extendedBuild(name: (typeof EXTENDED)[number], registry?: string): Promise<DockerBuild> {
  const [context, dockerfile, base] = [import.meta.dirname, `${name}/Dockerfile`, catalog[name]];
  const files = [dockerfile, ...(await contextFiles(context, dockerfile))];
  const contents = await Promise.all(files.map(async (file) => [file, await readFile(join(context, file))]));
  const tag = contentHash(base.digest, ...contents.flat());
  const args = {
    BASE: mirrored(imageReference(base), registry),
    VERSION: base.version,
    REVISION: tag,
    SOURCE: `file:infra/build/images/${name}`,
  };
  return { context, dockerfile: join(context, dockerfile), args, tag, name: `${OWN_REPOSITORY}/${name}:${tag}` };
}

/**
 * Builds the extended ones of these images into the Docker daemon; unchanged images are not built again.
 * @throws ConfigurationError with the image, the step of its Dockerfile and the last lines of output if a build fails
 */
export async function extendedImages(
  names: readonly ThirdPartyName[],
  progress: Progress,
  registry?: string,
): Promise<readonly LocalImage[]> {
  const built: LocalImage[] = [];
  for (const name of EXTENDED.filter((one) => names.includes(one))) {
    const build = await extendedBuild(name, registry);
    await buildInDaemon(name, build, progress);
    built.push({ name, reference: build.name });
  }
  return built;
}
