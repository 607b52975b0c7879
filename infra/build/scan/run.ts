import { ConfigurationError, isConfigurationError } from '@groundwork/contract';
import { Command } from 'commander';
import { runPhases } from '../../tools/phases.ts';
import { LOCK_FILE } from './describe/lock.ts';
import type { Exception } from './exceptions.ts';
import { SEVERITIES, type Severity } from './finding.ts';
import { report } from './report.ts';
import { sbom } from './sbom.ts';
import { requireTools, type Scan, scan, TOOLS, type ToolName } from './scan.ts';
import { collectSubject, type Sources } from './subject.ts';
import { provideScanners } from './tools/built.ts';
import type { Subject } from './tools/tool.ts';
import { writeAll } from './write.ts';

export interface ScanProgram extends Sources {
  readonly exceptions: readonly Exception[];
}

interface Options {
  readonly failOn: Severity;
  readonly need: readonly ToolName[];
  readonly osv?: string;
  readonly out: string;
}

/**
 * `npm run scan`: looks for faults in the images and the lock file, and writes `scan.json` and an SBOM of each. Ends the
 * process with 2 for a finding that closes the gate, and with 1 when it can't look, or when a tool that is needed can't.
 */
export async function runScan(
  { exceptions, ...sources }: ScanProgram,
  argv: readonly string[],
  today = new Date(),
): Promise<void> {
  const cli = new Command('scan')
    .description(
      'look for known faults and secrets in the images and the lock file, and write an SBOM of each; needs no network',
    )
    .option(
      '--fail-on <severity>',
      `end with 2 if there is a finding of this severity or worse: ${SEVERITIES.join(', ')}`,
      oneOf('--fail-on', SEVERITIES),
      'high',
    )
    .option(
      '--need <tool>',
      `end with 1 if this tool could not look at everything; may be repeated: ${TOOLS.join(', ')}`,
      several('--need', TOOLS),
      [],
    )
    .option('--osv <folder>', 'JSON files of OSV advisories, which need no network')
    .option('--out <folder>', 'where scan.json and the SBOMs go', 'dist/scan')
    .showHelpAfterError();
  try {
    const { out, need, ...options } = cli.parse([...argv], { from: 'user' }).opts<Options>();
    const { skipped } = await runPhases([{ title: 'Find Trivy and Dockle', run: provideScanners }]);
    for (const { why } of skipped) console.warn(why);
    const seen = await collectSubject(sources);
    const result = await scan(seen, { ...options, exceptions, today });
    await writeAll(out, files(seen.subject, result));
    console.log(report(seen.subject, result));
    if (result.closing.length > 0) process.exitCode = 2;
    requireTools(result, need);
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** `users.cdx.json` is what deployments attest with the image of `users`. */
function files({ images, locked }: Subject, result: Scan): Record<string, string> {
  const subjects = images.map(({ description: { name, reference, packages } }) => ({
    name,
    type: 'container' as const,
    version: reference,
    packages,
  }));
  return {
    'scan.json': `${JSON.stringify(result, null, 2)}\n`,
    ...Object.fromEntries(subjects.map((subject) => [`${subject.name}.cdx.json`, sbom(subject)])),
    [LOCK_FILE.replace('.json', '.cdx.json')]: sbom({ name: LOCK_FILE, type: 'application', packages: locked }),
  };
}

/** Takes one of the values there are. */
function oneOf<T extends string>(option: string, values: readonly T[]): (value: string) => T {
  return (value) => {
    const found = values.find((one) => one === value);
    if (found === undefined)
      throw new ConfigurationError({
        code: 'option-invalid',
        where: option,
        problem: `'${value}' is not known`,
        fix: `take one of ${values.join(', ')}`,
      });
    return found;
  };
}

/** The same for an option that is given more than once. */
function several<T extends string>(
  option: string,
  values: readonly T[],
): (value: string, before: readonly T[]) => readonly T[] {
  const one = oneOf(option, values);
  return (value, before) => [...before, one(value)];
}
