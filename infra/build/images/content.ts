import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { OwnImage } from './builder.ts';
import { reachableDependencies } from './dependencies.ts';
import { contextFiles } from './inputs.ts';

/** Identity of an image, computed before it is built. */
export interface ImageContent {
  readonly name: string;
  /** Root of the repository: the build's context. */
  readonly root: string;
  /** Path from the root. */
  readonly dockerfile: string;
  /** Content hash of all inputs: 12 hex digits. */
  readonly tag: string;
  /**
   * For the image's labels. Both depend on the content, not on git: the same content must give the same digest on any
   * commit.
   */
  readonly labels: { readonly version: string; readonly revision: string; readonly source: string };
}

/** Manifests of the whole repository. Only the part that an image's workspace needs is in its tag. */
const WHOLE_REPOSITORY = new Set(['package.json', 'package-lock.json']);

/** Inputs of an image from the repository; its base images are in the catalog. */
export interface ImageInputs {
  /** Path from the root. */
  readonly dockerfile: string;
  /** Paths from the root of the copied files, without the manifests of the whole repository. */
  readonly files: readonly string[];
  /** A line for each locked package. */
  readonly packages: readonly string[];
}

/**
 * Finds the inputs of an image: only their changes make a different image.
 * @throws ConfigurationError if there is no Dockerfile, it can't be read, or the workspace is not in the lock file.
 */
export async function imageInputs(root: string, { name, folder }: OwnImage): Promise<ImageInputs> {
  const dockerfile = `${folder}/Dockerfile`;
  if (!existsSync(join(root, dockerfile)))
    throw new ConfigurationError({
      code: 'dockerfile-missing',
      where: dockerfile,
      problem: `image '${name}' has no Dockerfile`,
      fix: 'write one, such as a copy of another image',
    });
  const files = (await contextFiles(root, dockerfile)).filter((file) => !WHOLE_REPOSITORY.has(file));
  const lock: Parameters<typeof reachableDependencies>[0] = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  return { dockerfile, files, packages: reachableDependencies(lock, folder) };
}

/**
 * Computes an image's content tag from its Dockerfile, the files this copies, the packages it installs, and its bases.
 * @param bases what stands for the base images: references with their digests
 * @throws ConfigurationError as `imageInputs` does
 */
export async function imageContent(root: string, image: OwnImage, bases: readonly string[]): Promise<ImageContent> {
  const { dockerfile, files, packages } = await imageInputs(root, image);
  const hash = createHash('sha256');
  const add = (...parts: readonly (string | Uint8Array)[]): void =>
    parts.forEach((part) => void hash.update(`${part.length}:`).update(part));
  add(...bases, await readFile(join(root, dockerfile)));
  for (const file of files) add(file, await readFile(join(root, file)));
  add(...packages);
  const revision = hash.digest('hex');
  const [own, whole] = await Promise.all([image.folder, '.'].map((folder) => manifest(root, folder)));
  return {
    name: image.name,
    root,
    dockerfile,
    tag: revision.slice(0, 12),
    labels: { version: own?.version ?? 'dev', revision, source: whole?.repository?.url ?? `file:${image.folder}` },
  };
}

async function manifest(
  root: string,
  folder: string,
): Promise<{ readonly version?: string; readonly repository?: { readonly url?: string } }> {
  return JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
}

/** Build arguments of an image's Dockerfile, as `NAME=value`. */
export function buildArguments(
  { labels }: ImageContent,
  bases: { readonly build: string; readonly runtime: string } | undefined,
): readonly string[] {
  const args = [`VERSION=${labels.version}`, `REVISION=${labels.revision}`, `SOURCE=${labels.source}`];
  return bases === undefined ? args : [`BUILD_BASE=${bases.build}`, `BASE=${bases.runtime}`, ...args];
}
