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
  /** Writes a version's manifests into the folder that `CDK8S_OUTDIR` names: for versions from before snapshots. */
  readonly synth: string;
}

/** Commands run without the caller's colors, pagers and options of Node. */
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
  if (failed) throw unsynthesized(version, stderr);
  try {
    const made: Omit<Snapshot, 'version'> = JSON.parse(stdout);
    if (Object.values(made.environments).every(Array.isArray)) return { ...made, version };
  } catch {}
  throw new ConfigurationError({
    code: 'snapshot-invalid',
    where: version,
    problem: `what ${program} printed is no snapshot: ${JSON.stringify(stdout.slice(0, 80))}`,
    fix: 'print nothing else there, as JSON',
  });
}

/** A version from before snapshots: what it writes for `cdk8s synth` is all that there is. */
export async function writtenManifests(folder: string, program: string, version: string): Promise<Snapshot> {
  const out = join(folder, 'dist');
  await rm(out, { recursive: true, force: true });
  const env = { ...plainly.env, CDK8S_OUTDIR: out };
  const { failed, all } = await execa(process.execPath, [join(folder, program)], { ...plainly, cwd: folder, env });
  if (failed) throw unsynthesized(version, all);
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

function unsynthesized(version: string, output: string): ConfigurationError {
  return new ConfigurationError({
    code: 'synth-failed',
    where: version,
    problem: `it can't be synthesized:\n${lastLines(output)}`,
    fix: 'fix what it says; a preview compares two versions that both make manifests',
  });
}

/** The end of what a command printed, where it says why it failed. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}
