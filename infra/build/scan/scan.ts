import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { type Exception, type Judged, judge } from './exceptions.ts';
import { isAtLeast, merged, type ScanFinding, type Severity } from './finding.ts';
import { run } from './tools/command.ts';
import { dockle } from './tools/dockle.ts';
import { npmSbom, npmSignatures } from './tools/npm.ts';
import { osvScanner } from './tools/osv-scanner.ts';
import type { Outcome, Skipped, Subject, Tool } from './tools/tool.ts';
import { trivy } from './tools/trivy.ts';

/** In the order in which they look. */
export const TOOLS: readonly Tool[] = [trivy, osvScanner, dockle, npmSignatures, npmSbom];

export interface ScanOptions {
  /** The mildest severity that closes the gate. */
  readonly failOn: Severity;
  readonly exceptions: readonly Exception[];
  /** The day on which exceptions are judged. */
  readonly today: Date;
}

/** What a scan found, and what it means. */
export interface Scan extends Judged {
  readonly failOn: Severity;
  /** What could not be looked at: no finding there means nothing. */
  readonly skipped: readonly Skipped[];
  /** Open findings that close the gate. */
  readonly closing: readonly ScanFinding[];
  /** SBOMs as CycloneDX JSON, by the file's name. */
  readonly sboms: Readonly<Record<string, string>>;
}

/**
 * Looks at everything with every tool there is.
 * @throws ConfigurationError for a tool's output that can't be read, and for exceptions that are not in order
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
 * Stops where a required tool could not look, at all or at a part.
 * @throws ConfigurationError that says what it could not look at, and why
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
