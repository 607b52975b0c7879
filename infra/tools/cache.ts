import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder of the cache that all clones share: `GROUNDWORK_CACHE`, or `~/.cache/groundwork`. Everything in it can be
 * recreated, except a cluster's data.
 */
export function cacheRoot(): string {
  return process.env.GROUNDWORK_CACHE ?? join(homedir(), '.cache', 'groundwork');
}

/** Names and contents of a file, or of all files below a folder in a fixed order, without Go tests. */
export async function contents(path: string): Promise<readonly (string | Uint8Array)[]> {
  if (!(await stat(path)).isDirectory()) return [await readFile(path)];
  const names = (await readdir(path)).filter((name) => !name.endsWith('_test.go')).sort();
  const parts = await Promise.all(names.map(async (name) => [name, ...(await contents(join(path, name)))]));
  return parts.flat();
}

/** Content hash: 12 hex digits of SHA-256 over the parts, with separators. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}
