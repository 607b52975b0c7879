/** Scan: known faults in what we ship, and what is in it. `npm run scan` starts here. */
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
  .description('look for known faults and secrets in images, Dockerfiles and the lock file, and write an SBOM of each')
  .addOption(
    new Option('--fail-on <severity>', 'exit with 2 on a finding of this severity or worse')
      .choices(SEVERITIES)
      .default('critical'),
  )
  .addOption(
    new Option('--require <tools...>', 'end with 1 if one of these tools could not look at everything')
      .choices(TOOLS.map(({ name }) => name))
      .default([]),
  )
  .option('--db <folder>', 'vulnerability databases: db/trivy.db of Trivy, osv-scalibr/npm/all.zip of osv.dev')
  .option('--out <folder>', 'where scan.json and the SBOMs go', 'dist/scan')
  .showHelpAfterError();

/**
 * `npm run scan`: looks for faults in the images and the lock file, and writes `scan.json` and SBOMs. Ends the process
 * with 2 for a finding that closes the gate, and with 1 when the scan, or a tool that is required, can't look.
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

/** Writes files into a folder, all or none: a reader never finds half of a scan. Other files there stay. */
async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`)); // beside it: a rename, not a copy
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(draft, name), text);
    await mkdir(target, { recursive: true });
    for (const name of Object.keys(files)) await rename(join(draft, name), join(target, name));
  } finally {
    await rm(draft, { recursive: true });
  }
}
