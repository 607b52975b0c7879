import { basename, join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { cachedFolder } from './cached-folder.ts';

/**
 * A program, built from its Go module on first use and then cached.
 * @param program argument of `go install`, with a version
 */
export async function goTool(program: string): Promise<string> {
  const folder = await cachedFolder(join('bin', contentHash(program)), (making) =>
    execa('go', ['install', program], { cwd: making, env: { GOBIN: making, CGO_ENABLED: '0' } }),
  );
  return join(folder, basename(program.split('@')[0] as string));
}
