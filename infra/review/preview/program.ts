import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import type { Snapshot } from './snapshot.ts';

/** Programs of a version, by their paths from its root. */
export interface Programs {
  /** Prints a version's snapshot as JSON, such as `stacks/snapshot.ts`. */
  readonly snapshot: string;
  /** Writes a version's manifests to the folder in `CDK8S_OUTDIR`, for versions without a snapshot program. */
  readonly synth: string;
}

/** Runs commands without colors, a pager, or the caller's Node.js options. */
export const plainly = {
  reject: false,
  stdin: 'ignore',
  all: true,
  env: { NO_COLOR: '1', GIT_PAGER: 'cat', NODE_OPTIONS: '' },
} as const;

/**
 * Runs the snapshot program of a checkout.
 * @throws ConfigurationError with the last lines of output when it can't be synthesized
 */
export async function runProgram(folder: string, program: string, version: string): Promise<Snapshot> {
  const options = { ...plainly, all: false, cwd: folder, maxBuffer: 1 << 30 } as const;
  const { failed, stdout, stderr } = await execa(process.execPath, [join(folder, program)], options);
  if (failed) throw unsynthesized(version, folder, stderr);
  try {
    const made: Omit<Snapshot, 'version'> = JSON.parse(stdout);
    if (Object.values(made.environments).every(Array.isArray)) return { ...made, version };
  } catch {}
  throw new ConfigurationError({
    code: 'snapshot-invalid',
    where: version,
    problem: `${program} must print a snapshot as JSON, got ${JSON.stringify(stdout.slice(0, 80))}`,
    fix: 'print only the JSON of the snapshot to standard output; write logs to standard error',
  });
}

/** Snapshot of a version without a snapshot program, from the manifests that `cdk8s synth` writes. */
export async function writtenManifests(folder: string, program: string, version: string): Promise<Snapshot> {
  const out = join(folder, 'dist');
  await rm(out, { recursive: true, force: true });
  const env = { ...plainly.env, CDK8S_OUTDIR: out };
  const { failed, all } = await execa(process.execPath, [join(folder, program)], { ...plainly, cwd: folder, env });
  if (failed) throw unsynthesized(version, folder, all);
  const environments: Record<string, Snapshot['environments'][string]> = {};
  for (const name of await readdir(out)) {
    const files = (await readdir(join(out, name))).filter((file) => file.endsWith('.yaml')).sort();
    const texts = await Promise.all(
      files.map(async (file) => ({ chart: file.slice(0, -5), text: await readFile(join(out, name, file), 'utf8') })),
    );
    environments[name] = texts.flatMap(({ chart, text }) =>
      parseAllDocuments(text).map((document) => {
        const manifest = document.toJS();
        return { chart, path: `${chart}/${manifest.metadata.name}`, why: chart, manifest };
      }),
    );
  }
  return { version, environments };
}

/** Names the file and line where Node.js does, above the message of a syntax error or in the stack trace. */
function unsynthesized(version: string, folder: string, output: string): ConfigurationError {
  const own = [...output.matchAll(PLACE)].flatMap(([, file = '', line]) => {
    const path = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : '/node_modules/';
    return `/${path}`.includes('/node_modules/') ? [] : [`${path}:${line}`];
  });
  return new ConfigurationError({
    code: 'synth-failed',
    where: own[0] ?? version,
    problem: `synthesis of ${version === 'working tree' ? 'the working tree' : version} failed: ${reason(output).replaceAll(`${folder}/`, '')}`,
    fix: 'fix the error',
  });
}

/** A file with a line in Node.js's output. */
const PLACE = /(?:file:\/\/)?(\/[^\s()]*?):(\d+)(?::\d+)?\)?$/gm;

/** Calls, and what else Node.js prints around an error. */
const NOISE = /^\s+at .*:\d+\)?( \{)?$|^Node\.js v|^node:internal|^ {2}(code|url): '|^\}$/;

/** The message in the output of a failed program, without Node.js's own lines; a configuration error is printed whole. */
function reason(output: string): string {
  const lines = output.split('\n').filter((line) => !NOISE.test(line));
  const first = lines.findIndex((line) => /^[A-Z]\w*( \[\w+\])?: /.test(line));
  return lastLines((first < 0 ? lines : lines.slice(first)).join('\n'));
}

/** The last lines of a command's output, which contain the reason for a failure. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}
