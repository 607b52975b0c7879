import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../infra/cache.ts';

/**
 * Folder with the jars that a `pom.xml` names and all that they need; fetched once, then kept in the cache.
 * @param name what they are, for the cache
 * @throws ExecaError when Maven can't get one
 */
export async function mavenJars(name: string, pom: string): Promise<string> {
  const parent = join(cacheRoot(), `${name}-jars`);
  const folder = join(parent, contentHash(await readFile(pom)));
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'fetching-'));
  await execa('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${work}`]);
  // Two test files may fetch at once; the second finds the first's.
  await rename(work, folder).catch(() => rm(work, { recursive: true }));
  return folder;
}
