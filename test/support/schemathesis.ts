import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { pythonTools } from './python-tools.ts';

/** Schemathesis and its dependencies, each pinned to one version. */
const PACKAGES = join(import.meta.dirname, 'schemathesis.txt');

/** Generated requests of each operation and phase. */
const EXAMPLES = 10;
/** Milliseconds after which a run is stopped, which is a failure: on a busy machine it takes a minute. */
const LIMIT = 10 * 60_000;

/**
 * Text that is too long in the query is rejected with the headers, 431, before anything reads it; a body, with 413.
 * Schemathesis does not expect these.
 */
const SETTINGS = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, 431]
`;
/** Not every rule is in a schema: two lines with one product, a cursor of another list, a key that was used before. */
const EXCLUDED = ['positive_data_acceptance'];

/** What a run found. */
export interface Conformance {
  /** Number of requests. */
  readonly cases: number;
  /** Report, with a command to repeat each finding. */
  readonly report: string;
  /** Number of findings; errors of the run count too. */
  readonly findings: number;
}

/**
 * Sends requests that match an OpenAPI document, and such that do not, and checks each answer against it.
 * @param document URL of the document
 * @param authorization header of every request, but those of a check that operations require it. @default none
 */
export async function schemathesis(document: string, authorization?: string): Promise<Conformance> {
  const program = join(await pythonTools(await readFile(PACKAGES, 'utf8')), 'python');
  const folder = await mkdtemp(join(tmpdir(), 'schemathesis-'));
  try {
    const config = join(folder, 'schemathesis.toml');
    await writeFile(config, SETTINGS);
    const options = ['--no-color', '--continue-on-failure', '--generation-database', 'none', '--seed', '1'];
    // In upper case: the check removes no other spelling.
    const sent = authorization === undefined ? [] : ['--header', `Authorization: ${authorization}`];
    const { exitCode, all } = await execa(
      program,
      [
        ...['-m', 'schemathesis.cli', '--config-file', config, 'run', document],
        ...['--max-examples', `${EXAMPLES}`, '--checks', 'all', '--exclude-checks', EXCLUDED.join(',')],
        ...options,
        ...sent,
      ],
      { cwd: folder, all: true, reject: false, timeout: LIMIT, env: { PYTHONUTF8: '1', NO_PROXY: '*' } },
    );
    const count = (pattern: RegExp) => Number(pattern.exec(all)?.[1] ?? 0);
    const cases = count(/(\d+) generated/);
    return { cases, report: all, findings: exitCode === 0 ? 0 : Math.max(1, count(/found (\d+) unique failure/)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
