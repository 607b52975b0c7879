import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import { ownChecks } from './checks/tool.ts';
import { type Exception, type Judged, judge } from './exceptions.ts';
import { isAtLeast, merged, type ScanFinding, type Severity } from './finding.ts';
import { osv } from './osv/osv.ts';
import type { Seen } from './subject.ts';
import { dockle } from './tools/dockle.ts';
import { npmAudit, npmSignatures } from './tools/npm.ts';
import { type Skipped, type Tool, together } from './tools/tool.ts';
import { trivy } from './tools/trivy.ts';

/** Names that `--need` knows. */
export const TOOLS = ['trivy', 'dockle', 'npm-audit', 'npm-signatures', 'osv'] as const;

export type ToolName = (typeof TOOLS)[number];

export interface ScanOptions {
  /** The mildest severity that closes the gate. @default 'high' */
  readonly failOn?: Severity;
  /** Tools that must have looked at everything. @default none */
  readonly need?: readonly ToolName[];
  /** Folder of OSV advisories. @default none */
  readonly osv?: string;
  /** @default none */
  readonly exceptions?: readonly Exception[];
  /** The day on which exceptions are judged. */
  readonly today: Date;
}

/** What a scan found, and what it means. */
export interface Scan extends Judged {
  readonly failOn: Severity;
  /** What nobody could look at: no finding there means nothing. */
  readonly skipped: readonly Skipped[];
  /** Open findings that close the gate. */
  readonly closing: readonly ScanFinding[];
}

/**
 * Looks at everything with every tool there is.
 * @throws ConfigurationError for input or a tool's output that can't be read, and for exceptions that are not in order
 */
export async function scan({ subject, skipped }: Seen, options: ScanOptions): Promise<Scan> {
  const { failOn = 'high', exceptions = [], today, osv: advisories } = options;
  const tools: readonly Tool[] = [ownChecks, osv(advisories), trivy, dockle, npmAudit, npmSignatures];
  const outcomes = [];
  for (const tool of tools) outcomes.push(await tool.look(subject)); // each uses all the machine it can get
  const all = together(outcomes);
  const judged = judge(merged(all.findings), exceptions, today);
  return {
    ...judged,
    failOn,
    skipped: [...skipped, ...all.skipped],
    closing: judged.open.filter(({ severity }) => isAtLeast(severity, failOn)),
  };
}

/**
 * Stops where a tool that is needed could not look, at all or at a part.
 * @throws ConfigurationError that says what it could not look at, and why
 */
export function requireTools({ skipped }: Scan, need: readonly ToolName[] = []): void {
  throwIfAny(
    need.flatMap((tool) =>
      skipped
        .filter((one) => one.tool === tool)
        .map(
          ({ what, recordOrigin, fix }) =>
            new ConfigurationError({
              code: 'scan-incomplete',
              where: `--need ${tool}`,
              problem: `${what} was skipped: ${recordOrigin}`,
              fix,
            }),
        ),
    ),
  );
}
