import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { buildsOf } from './builds.ts';
import type { Snapshot } from './snapshot.ts';

/** Program that writes a version's snapshot, in versions that have it. */
export const PROGRAM = 'stacks/snapshot.ts';

/** Commands run without the caller's colours, pagers and options of Node. */
export const plainly = {
  reject: false,
  stdin: 'ignore',
  all: true,
  env: { NO_COLOR: '1', GIT_PAGER: 'cat', NODE_OPTIONS: '' },
} as const;

const LISTENER = pathToFileURL(join(import.meta.dirname, 'listener.ts')).href;

/**
 * Runs the program of a checkout, and notes which of its files took part in what it made.
 * @throws ConfigurationError with the last lines of output when it can't be synthesized
 */
export async function runProgram(folder: string, version: string): Promise<Snapshot> {
  const scratch = await mkdtemp(join(tmpdir(), 'groundwork-program-'));
  try {
    const noted = join(scratch, 'imports.json');
    const { failed, stdout, stderr } = await execa(process.execPath, ['--import', LISTENER, join(folder, PROGRAM)], {
      ...plainly,
      all: false,
      cwd: folder,
      env: { ...plainly.env, GROUNDWORK_IMPORTS: noted },
      maxBuffer: 1 << 30,
    });
    if (failed)
      throw new ConfigurationError({
        code: 'synth-failed',
        where: version,
        problem: `it can't be synthesized:\n${lastLines(stderr)}`,
        fix: 'fix what it says; a preview compares two versions that both make manifests',
      });
    const imports = JSON.parse(await readFile(noted, 'utf8')) as NonNullable<Snapshot['imports']>;
    return { ...madeFrom(stdout, version), version, imports, builds: await buildsOf(folder) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function madeFrom(stdout: string, version: string): Omit<Snapshot, 'version'> {
  try {
    const made = JSON.parse(stdout) as Omit<Snapshot, 'version'>;
    if (Object.values(made.environments).every(Array.isArray)) return made;
  } catch {}
  throw new ConfigurationError({
    code: 'snapshot-invalid',
    where: version,
    problem: `what ${PROGRAM} printed is no snapshot: ${JSON.stringify(stdout.slice(0, 80))}`,
    fix: 'print nothing else there, as JSON',
  });
}

/** The end of what a command printed, where it says why it failed. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}
