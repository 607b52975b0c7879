/** Entry point of `npm run scan`: vulnerabilities in images and dependencies, and SBOMs. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { isConfigurationError } from '@groundwork/contract';
import { Command, Option } from 'commander';
import { runPhases } from '../../tools/phases.ts';
import type { Exception } from './exceptions.ts';
import { SEVERITIES, type Severity } from './finding.ts';
import { report } from './report.ts';
import { requireTools, scan, TOOLS } from './scan.ts';
import { collectSubject, type Sources } from './subject.ts';
import { provideScanners } from './tools/built.ts';

export type { Exception } from './exceptions.ts';

export interface ScanProgram extends Omit<Sources, 'db'> {
  readonly exceptions: readonly Exception[];
}

interface Options {
  readonly failOn: Severity;
  readonly require: readonly string[];
  readonly db?: string;
  readonly out: string;
}

const COMMAND = new Command('scan')
  .description(
    'scan images, Dockerfiles and the lock file for vulnerabilities, misconfiguration and secrets, and write SBOMs',
  )
  .addOption(
    new Option('--fail-on <severity>', 'exit with 2 if there is a finding of this severity or worse')
      .choices(SEVERITIES)
      .default('critical'),
  )
  .addOption(
    new Option('--require <tools...>', 'exit with 1 if one of these tools could not scan everything')
      .choices(TOOLS.map(({ name }) => name))
      .default([]),
  )
  .option('--db <folder>', 'vulnerability databases: db/trivy.db of Trivy, osv-scalibr/npm/all.zip of osv.dev')
  .option('--out <folder>', 'where scan.json and the SBOMs go', 'dist/scan')
  .showHelpAfterError();

/**
 * `npm run scan`: scans the images and the lock file, and writes `scan.json` and SBOMs. Exits with 2 if a finding fails
 * the gate, and with 1 if the scan or a required tool can't run.
 */
export async function runScan(
  { exceptions, ...sources }: ScanProgram,
  argv: readonly string[],
  today = new Date(),
): Promise<void> {
  const { out, require, failOn, db } = COMMAND.parse([...argv], { from: 'user' }).opts<Options>();
  const work = await mkdtemp(join(tmpdir(), 'groundwork-scan-'));
  try {
    const { skipped } = await runPhases([{ title: 'Find scanners', run: provideScanners }]);
    for (const { why } of skipped) console.warn(why);
    const subject = await collectSubject({ ...sources, ...(db !== undefined && { db: resolve(db) }) }, work);
    const { sboms, ...result } = await scan(subject, { failOn, exceptions, today });
    await writeAll(out, { 'scan.json': `${JSON.stringify(result, null, 2)}\n`, ...sboms });
    console.log(report(subject, result));
    if (result.closing.length > 0) process.exitCode = 2;
    requireTools(result, require);
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Writes files into a folder atomically, so that a reader never finds a partial scan. Other files there are kept. */
async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`)); // on the same file system, so that it can be renamed
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(draft, name), text);
    await mkdir(target, { recursive: true });
    for (const name of Object.keys(files)) await rename(join(draft, name), join(target, name));
  } finally {
    await rm(draft, { recursive: true });
  }
}
