/** Definitions of custom resources, fetched by the package manager of whoever publishes them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { parse } from 'yaml';
import { elapsed, type Progress } from '../tools/progress.ts';
import { CERT_MANAGER } from './images/go.ts';

/**
 * cert-manager's, of the version that its module file pins.
 * @throws ConfigurationError when Go can't fetch them
 */
export async function certManagerDefinitions(progress: Progress): Promise<readonly Manifest[]> {
  const { failed, stdout, stderr } = await elapsed(progress, "fetching cert-manager's definitions", () =>
    execa('go', ['mod', 'download', '-json', 'github.com/cert-manager/cert-manager'], {
      cwd: CERT_MANAGER,
      reject: false,
      stdin: 'ignore',
    }),
  );
  if (failed) {
    throw new ConfigurationError({
      code: 'definition-missing',
      where: "cert-manager's definitions",
      problem: `go can't fetch the module they are in:\n${(stderr || stdout).slice(-500)}`,
      fix: 'install Go and see that its module proxy answers, or use a cluster that has cert-manager',
    });
  }
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, 'deploy/crds');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(files.map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as Manifest));
}
