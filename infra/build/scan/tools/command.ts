import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';

/** What a command printed, or why there is nothing to read. */
export type Printed = { readonly stdout: string } | { readonly failed: string };

/**
 * Runs a program that prints JSON.
 * @param fine exit codes of a run that has done its work. @default 0
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
  if (code === 'ENOENT') return { failed: 'it is not on the path' };
  if (exitCode !== undefined && fine.includes(exitCode)) return { stdout };
  const printed = stripVTControlCharacters(stderr.trim() || stdout.trim()); // not every program complains on stderr
  const last = printed
    .split('\n')
    .at(-1)
    ?.replace(/^\d{4}-\d\d-\d\dT\S+\s+/, '')
    .trim()
    .slice(0, 300);
  return { failed: last ? `it ended with ${exitCode}: ${last}` : (shortMessage ?? `it ended with ${exitCode}`) };
}
