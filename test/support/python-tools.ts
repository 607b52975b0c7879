import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { contentHash } from '../../infra/tools/cache.ts';
import { cachedFolder } from './cached-folder.ts';

/**
 * Folder of programs from PyPI, installed into a virtual environment on first use. Modules and programs that are not
 * Python scripts can be called from there; scripts contain the path of the folder where they were installed.
 * @param requirements each package with its version, dependencies included
 * @param options further options of pip
 */
export async function pythonTools(requirements: string, ...options: readonly string[]): Promise<string> {
  const folder = await cachedFolder(join('python', contentHash(requirements)), async (making) => {
    const list = join(making, 'requirements.txt');
    await execa('python3', ['-m', 'venv', making]);
    await writeFile(list, requirements);
    await execa(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', ...options, '-r', list]);
  });
  return join(folder, 'bin');
}
