import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../infra/cache.ts';

/** Its packages on PyPI, by processor; each is one program without dependencies, and pip refuses any other bytes. */
const ZIZMOR = [
  'zizmor==1.32.0',
  '--hash=sha256:84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071', // Linux, x86-64
].join(' ');

/** What zizmor has found. */
export interface Finding {
  readonly ident: string;
  readonly desc: string;
  readonly determinations: { readonly severity: string };
  /** Whether a comment beside it says why it is so. */
  readonly ignored: boolean;
}

/** Asks zizmor about workflows, with all that it holds good practice, and without network. */
export async function zizmor(paths: readonly string[]): Promise<readonly Finding[]> {
  const options = ['--offline', '--no-progress', '--quiet', '--persona', 'pedantic', '--format', 'json', '--no-exit-codes'];
  const { stdout } = await execa(await program(), [...options, ...paths]);
  return JSON.parse(stdout) as Finding[];
}

/** Installed into an environment of its own on first use. */
async function program(): Promise<string> {
  const folder = join(cacheRoot(), 'python', contentHash(ZIZMOR));
  const file = join(folder, 'bin/zizmor');
  if (existsSync(file)) return file;
  const making = `${folder}.${process.pid}`;
  await mkdir(dirname(making), { recursive: true });
  await execa('python3', ['-m', 'venv', making]);
  await writeFile(join(making, 'requirements.txt'), `${ZIZMOR}\n`);
  await execa(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '-r', join(making, 'requirements.txt')]);
  // Two test runs may make it at once: the first to end wins, the other takes its result. The program itself may be moved.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return file;
}
