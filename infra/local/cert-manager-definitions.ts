/** Definitions of custom resources, downloaded from the publisher's package registry. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { parse } from 'yaml';
import { elapsed, type Progress } from '../tools/progress.ts';
import { CERT_MANAGER } from './images/go.ts';

/**
 * cert-manager's definitions, in the version that its go.mod pins.
 * @throws ConfigurationError if Go can't download them
 */
export async function certManagerDefinitions(progress: Progress): Promise<readonly Manifest[]> {
  const { failed, stdout, stderr } = await elapsed(progress, "downloading cert-manager's definitions", () =>
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
      problem: `go can't download their module:\n${(stderr || stdout).slice(-500)}`,
      fix: 'install Go and check that its module proxy is reachable, or use a cluster with cert-manager',
    });
  }
  const { Dir }: { readonly Dir: string } = JSON.parse(stdout);
  const folder = join(Dir, 'deploy/crds');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(files.map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as Manifest));
}
