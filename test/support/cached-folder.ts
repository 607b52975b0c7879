import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from '../../infra/tools/cache.ts';

const underWay = new Map<string, Promise<void>>();

/**
 * A folder of the cache, created on first use. It is filled under a temporary name and renamed when it is
 * complete, so that a killed run leaves no partial folder.
 * @param path below the cache, such as `bin/1f2e3d`
 * @param make fills an empty folder
 */
export async function cachedFolder(path: string, make: (making: string) => Promise<unknown>): Promise<string> {
  const folder = join(cacheRoot(), path);
  if (existsSync(folder)) return folder;
  const made = underWay.get(folder) ?? place(folder, make).finally(() => underWay.delete(folder));
  underWay.set(folder, made);
  await made;
  return folder;
}

async function place(folder: string, make: (making: string) => Promise<unknown>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.`);
  try {
    await make(making);
    // Another test run may have created it meanwhile: the first to finish wins, and the other uses its result.
    await rename(making, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}
