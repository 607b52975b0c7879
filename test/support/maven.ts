import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { kept } from './kept.ts';

/**
 * Folder with the jars that a `pom.xml` names and all that they need; fetched once, then kept in the cache.
 * @param name what they are, for the cache
 * @throws ExecaError when Maven can't get one
 */
export async function mavenJars(name: string, pom: string): Promise<string> {
  return kept(join(`${name}-jars`, contentHash(await readFile(pom))), (making) =>
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
