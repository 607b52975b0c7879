import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { type Exception, type Judged, judge } from './exceptions.ts';
import { isAtLeast, merged, type ScanFinding, type Severity } from './finding.ts';
import { run } from './tools/command.ts';
import { dockle } from './tools/dockle.ts';
import { npmSbom, npmSignatures } from './tools/npm.ts';
import { osvScanner } from './tools/osv-scanner.ts';
import type { Outcome, Skipped, Subject, Tool } from './tools/tool.ts';
import { trivy } from './tools/trivy.ts';

/** All tools, in the order in which they run. */
export const TOOLS: readonly Tool[] = [trivy, osvScanner, dockle, npmSignatures, npmSbom];

export interface ScanOptions {
  /** The lowest severity that fails the gate. */
  readonly failOn: Severity;
  readonly exceptions: readonly Exception[];
  /** The current day, for the expiry of exceptions. */
  readonly today: Date;
}

/** Result of a scan. */
export interface Scan extends Judged {
  readonly failOn: Severity;
  /** What could not be scanned: no finding there proves nothing. */
  readonly skipped: readonly Skipped[];
  /** Open findings that fail the gate. */
  readonly closing: readonly ScanFinding[];
  /** SBOMs as CycloneDX JSON, by file name. */
  readonly sboms: Readonly<Record<string, string>>;
}

/**
 * Scans everything with every tool.
 * @throws ConfigurationError for a tool's output that can't be parsed, and for invalid exceptions
 */
export async function scan(subject: Subject, { failOn, exceptions, today }: ScanOptions): Promise<Scan> {
  const outcomes: Outcome[] = [];
  const skipped = [...subject.skipped];
  for (const { name, program, fix, look } of TOOLS) {
    const started = await run(program, ['--version']);
    const looked = 'failed' in started ? [{ skipped: [{ what: name, reason: started.failed }] }] : await look(subject);
    outcomes.push(...looked);
    skipped.push(...looked.flatMap((one) => one.skipped ?? []).map((one) => ({ ...one, fix, tool: name })));
  }
  const judged = judge(merged(outcomes.flatMap(({ findings = [] }) => findings)), exceptions, today);
  const closing = judged.open.filter(({ severity }) => isAtLeast(severity, failOn));
  return { ...judged, failOn, skipped, closing, sboms: Object.assign({}, ...outcomes.map(({ sboms }) => sboms)) };
}

/**
 * Requires that these tools have scanned everything.
 * @throws ConfigurationError with what a tool could not scan, and why
 */
export function requireTools({ skipped }: Pick<Scan, 'skipped'>, required: readonly string[]): void {
  throwIfAny(
    required.flatMap((required) =>
      skipped
        .filter(({ tool = required }) => tool === required)
        .map(({ what, reason, fix }) => {
          const problem = `${what} was skipped: ${reason}`;
          return new ConfigurationError({ code: 'scan-incomplete', where: `--require ${required}`, problem, fix });
        }),
    ),
  );
}
