import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../../infra/cache.ts';

const POM = join(import.meta.dirname, 'pom.xml');

/** Folder with the jars of the broker that `pom.xml` names; fetched once, then kept in the cache. @throws ExecaError when Maven can't */
export async function kafkaJars(): Promise<string> {
  const parent = join(cacheRoot(), 'kafka-jars');
  const folder = join(parent, contentHash(await readFile(POM)));
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, 'fetching-'));
  await execa('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${work}`]);
  // Two test files may fetch at once; the second finds the first's.
  await rename(work, folder).catch(() => rm(work, { recursive: true }));
  return folder;
}
