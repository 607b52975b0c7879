import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash } from '../../tools/cache.ts';
import type { Progress } from '../../tools/progress.ts';
import { type LocalImage, OWN_REPOSITORY } from './builder.ts';
import { catalog, type ThirdPartyName } from './catalog.ts';
import { buildInDaemon, type DockerBuild } from './docker.ts';
import { contextFiles } from './inputs.ts';
import { imageReference, mirrored } from './reference.ts';

/** Images of the catalog that our constructs need more in than their publishers put there: `NAME/Dockerfile` adds it. */
export const EXTENDED = ['kafka', 'postgres'] as const satisfies readonly ThirdPartyName[];

/**
 * What to build for one of them. Its tag is a hash over its Dockerfile, the files this copies, and the digest of its base.
 * @param registry mirror that the base is pulled from @default its public registry
 * @throws ConfigurationError if the registry's name is not one
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
 * Builds those of these images that are extended into the Docker daemon; what has not changed is not built again.
 * @throws ConfigurationError that names the image, the step of its Dockerfile and the last lines of output when a build fails
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
