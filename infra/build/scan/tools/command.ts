import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';

/** What a command printed, or why there is nothing to read. */
export type Printed = { readonly stdout: string } | { readonly missing: true } | { readonly failed: string };

/**
 * Runs a program that prints JSON.
 * @param fine codes with which it ends when it has done its work. @default 0
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
  if (code === 'ENOENT') return { missing: true };
  if (exitCode !== undefined && fine.includes(exitCode)) return { stdout };
  const said =
    stripVTControlCharacters(stderr.trim() || stdout?.trim() || '')
      .split('\n')
      .at(-1)
      ?.trim() ?? ''; // not everybody complains on stderr
  return {
    failed:
      said === '' ? (shortMessage ?? `it ended with ${exitCode}`) : `it ended with ${exitCode}: ${said.slice(0, 300)}`,
  };
}
