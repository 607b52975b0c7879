import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Requirement } from '@groundwork/constructs';
import { parse } from 'yaml';
import { contentHash } from '../../tools/cache.ts';
import { isObject } from './diff/index.ts';

/** What decides how an environment is deployed and is in none of its objects. Plain JSON. */
export interface Settings {
  /** Whether data stores are protected from deletion. */
  readonly protectData: boolean;
  /** Kube context that it is deployed to. @default none: only local clusters */
  readonly context?: string;
  readonly images: {
    /** Where images come from, such as `build` or `prebuilt`. */
    readonly source: string;
    /** Registry mirror for all images. @default each image's own registry */
    readonly registry?: string;
  };
  /** Required guarantees by kind of backing service. */
  readonly requirements: Readonly<Record<string, Requirement>>;
  /** Files of Pulumi's project and of the environment's stack. @default not deployed with Pulumi */
  readonly pulumi?: { readonly project: unknown; readonly stack: unknown };
}

/**
 * Pulumi's project file and the file of one stack, with a fingerprint in place of each encrypted value.
 * @param folder of the stack files, from the root
 */
export async function pulumiFiles(
  root: string,
  folder: string,
  stack: string,
): Promise<NonNullable<Settings['pulumi']>> {
  const read = async (...path: string[]): Promise<unknown> =>
    fingerprinted(parse(await readFile(join(root, ...path), 'utf8').catch(() => '')) ?? {});
  return { project: await read('Pulumi.yaml'), stack: await read(folder, `Pulumi.${stack}.yaml`) };
}

function fingerprinted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fingerprinted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      /^(secure|encryptionsalt|encryptedkey)$/.test(key) && typeof part === 'string'
        ? `encrypted, ${contentHash(part)}`
        : fingerprinted(part),
    ]),
  );
}
