import { basename, join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { kept } from './kept.ts';

/** A program, built from its Go module on first use: half a minute, then never again. @param program as `go install` takes it, with its version */
export async function goTool(program: string): Promise<string> {
  const folder = await kept(join('bin', contentHash(program)), (making) =>
    execa('go', ['install', program], { cwd: making, env: { GOBIN: making, CGO_ENABLED: '0' } }),
  );
  return join(folder, basename(program.split('@')[0] as string));
}
