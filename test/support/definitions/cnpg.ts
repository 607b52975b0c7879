import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { execa } from 'execa';
import { parse } from 'yaml';

/** Their versions and hashes are in `cnpg/go.mod` and `cnpg/go.sum`. */
const MODULES = ['github.com/cloudnative-pg/cloudnative-pg', 'github.com/cloudnative-pg/plugin-barman-cloud'];

/**
 * Definitions of CloudNativePG and its backup plugin, from their Go modules.
 * @throws ExecaError when Go cannot download them
 */
export async function cnpgDefinitions(): Promise<readonly Manifest[]> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', ...MODULES], {
    cwd: join(import.meta.dirname, 'cnpg'),
  });
  const folders = [...stdout.matchAll(/"Dir": "(.+)"/g)].map(([, folder]) =>
    join(folder as string, 'config/crd/bases'),
  );
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  return Promise.all(found.flat().map(async (file) => parse(await readFile(file, 'utf8')) as Manifest));
}
