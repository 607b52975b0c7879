import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../infra/cache.ts';

const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

/** What actionlint has against a file. */
export interface Complaint {
  readonly message: string;
  readonly filepath: string;
  readonly line: number;
  readonly kind: string;
}

/** Asks actionlint about workflows. @param shellcheck program that reads their scripts; without one they are not read */
export async function actionlint(files: readonly string[], shellcheck = ''): Promise<readonly Complaint[]> {
  const options = ['-format', '{{json .}}', '-shellcheck', shellcheck, '-pyflakes', ''];
  const { stdout, stderr, exitCode } = await execa(await binary(), [...options, ...files], { reject: false });
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`actionlint ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Complaint[];
}

/** Built from its Go module on first use: half a minute, then never again. */
async function binary(): Promise<string> {
  const folder = join(cacheRoot(), 'bin', contentHash(ACTIONLINT));
  const file = join(folder, 'actionlint');
  if (existsSync(file)) return file;
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  await execa('go', ['install', ACTIONLINT], { cwd: making, env: { GOBIN: making, CGO_ENABLED: '0' } });
  // Two test runs may make it at once: the first to end wins, the other takes its result.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return file;
}
