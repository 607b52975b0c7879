import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { cachedFolder } from './cached-folder.ts';

/**
 * Folder with the jars of a `pom.xml` and their dependencies; downloaded once, then cached.
 * @param name name of the folder in the cache
 * @throws ExecaError when Maven cannot download one
 */
export async function mavenJars(name: string, pom: string): Promise<string> {
  return cachedFolder(join(`${name}-jars`, contentHash(await readFile(pom))), (making) =>
    execa('mvn', [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${making}`,
    ]),
  );
}
