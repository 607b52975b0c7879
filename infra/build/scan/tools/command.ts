import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';

/** Output of a command, or why it failed. */
export type Printed = { readonly stdout: string } | { readonly failed: string };

/**
 * Runs a program that prints JSON.
 * @param fine exit codes of a successful run. @default 0
 */
export async function run(
  program: string,
  args: readonly string[],
  cwd?: string,
  fine: readonly number[] = [0],
): Promise<Printed> {
  const { code, exitCode, stdout, stderr, shortMessage } = await execa(program, args, {
    reject: false,
    ...(cwd !== undefined && { cwd }),
  });
  if (code === 'ENOENT') return { failed: 'it is not on PATH' };
  if (exitCode !== undefined && fine.includes(exitCode)) return { stdout };
  const printed = stripVTControlCharacters(stderr.trim() || stdout.trim()); // some programs print errors to stdout
  const last = printed
    .split('\n')
    .at(-1)
    ?.replace(/^\d{4}-\d\d-\d\dT\S+\s+/, '')
    .trim()
    .slice(0, 300);
  return { failed: last ? `it exited with ${exitCode}: ${last}` : (shortMessage ?? `it exited with ${exitCode}`) };
}
