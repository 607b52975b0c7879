import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { reachableDependencies } from './dependencies.ts';
import { contextFiles } from './inputs.ts';

/** What stands for all of a service's image before it is built. */
export interface ServiceContent {
  readonly service: string;
  /** Root of the repository: the build's context. */
  readonly root: string;
  /** Path from the root. */
  readonly dockerfile: string;
  /** 12 hex digits over all that the image is made of. */
  readonly tag: string;
  /**
   * For the image's labels. Both are taken from the content, not from git: the same content must give the same digest,
   * whichever commit it was built from.
   */
  readonly labels: { readonly version: string; readonly revision: string; readonly source: string };
}

/** Manifests of the whole repository. An image takes from them only what one service needs, so only that counts. */
const WHOLE_REPOSITORY = new Set(['package.json', 'package-lock.json']);

/** What of the repository a service's image is made of; its bases are the catalog's. */
export interface ServiceInputs {
  /** Path from the root. */
  readonly dockerfile: string;
  /** Paths from the root of what it copies, less the manifests of the whole repository. */
  readonly files: readonly string[];
  /** A line for each locked package. */
  readonly packages: readonly string[];
}

/**
 * Finds what a service's image takes in: only a change of that makes another image.
 * @throws ConfigurationError if the service has no Dockerfile, this can't be read, or the lock file does not know the service.
 */
export async function serviceInputs(root: string, service: string): Promise<ServiceInputs> {
  const workspace = `services/${service}`;
  const dockerfile = `${workspace}/Dockerfile`;
  if (!existsSync(join(root, dockerfile)))
    throw new ConfigurationError({
      code: 'dockerfile-missing',
      where: dockerfile,
      problem: `service '${service}' has no Dockerfile`,
      fix: 'write one; that of another service is a good start',
    });
  const files = (await contextFiles(root, dockerfile)).filter((file) => !WHOLE_REPOSITORY.has(file));
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Parameters<
    typeof reachableDependencies
  >[0];
  return { dockerfile, files, packages: reachableDependencies(lock, workspace) };
}

/**
 * Computes a service's content tag from its Dockerfile, the files this copies, the packages it installs, and its bases.
 * @param bases what stands for the base images: references with their digests
 * @throws ConfigurationError if the service has no Dockerfile or the lock file does not know it.
 */
export async function serviceContent(root: string, service: string, bases: readonly string[]): Promise<ServiceContent> {
  const workspace = `services/${service}`;
  const { dockerfile, files, packages } = await serviceInputs(root, service);
  const hash = createHash('sha256');
  const add = (...parts: readonly (string | Uint8Array)[]): void =>
    parts.forEach((part) => void hash.update(`${part.length}:`).update(part));
  add(...bases, await readFile(join(root, dockerfile)));
  for (const file of files) add(file, await readFile(join(root, file)));
  add(...packages);
  const revision = hash.digest('hex');
  const [own, whole] = await Promise.all([workspace, '.'].map((folder) => manifest(root, folder)));
  return {
    service,
    root,
    dockerfile,
    tag: revision.slice(0, 12),
    labels: { version: own?.version ?? 'dev', revision, source: whole?.repository?.url ?? `file:${workspace}` },
  };
}

async function manifest(
  root: string,
  folder: string,
): Promise<{ readonly version?: string; readonly repository?: { readonly url?: string } }> {
  return JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as { version?: string };
}

/** Build arguments of a service's Dockerfile, as `NAME=value`. */
export function buildArguments(
  { labels }: ServiceContent,
  bases: { readonly build: string; readonly runtime: string } | undefined,
): readonly string[] {
  const args = [`VERSION=${labels.version}`, `REVISION=${labels.revision}`, `SOURCE=${labels.source}`];
  return bases === undefined ? args : [`BUILD_BASE=${bases.build}`, `BASE=${bases.runtime}`, ...args];
}
