import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { kept } from './kept.ts';

/**
 * Folder of programs from PyPI, installed into an environment of their own on first use. Modules and programs that bring no
 * script of Python may be called from there; scripts name the folder where they were made.
 * @param requirements each package with its version, all that it needs among them
 * @param options of pip's besides
 */
export async function pythonTools(requirements: string, ...options: readonly string[]): Promise<string> {
  const folder = await kept(join('python', contentHash(requirements)), async (making) => {
    const list = join(making, 'requirements.txt');
    await execa('python3', ['-m', 'venv', making]);
    await writeFile(list, requirements);
    await execa(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', ...options, '-r', list]);
  });
  return join(folder, 'bin');
}
