import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { LOCK_FILE } from '../describe/lock.ts';
import type { ScanFinding } from '../finding.ts';
import { severityOf } from '../severity.ts';
import { run } from './command.ts';
import { type Outcome, type Subject, skipped, type Tool } from './tool.ts';

const MEND = 'run it where the package registry answers audits; a mirror that only serves packages does not';

/** What npm prints in place of a report. */
const FAILURE = Type.Object({
  error: Type.Optional(Type.Object({ summary: Type.Optional(Type.String()) })),
  message: Type.Optional(Type.String()),
});

const VIA = Type.Object({ title: Type.String(), url: Type.String(), severity: Type.String(), name: Type.String() });
const AUDIT = Type.Object({
  auditReportVersion: Type.Literal(2),
  vulnerabilities: Type.Record(
    Type.String(),
    Type.Object({
      via: Type.Array(Type.Union([Type.String(), VIA])),
      nodes: Type.Array(Type.String()),
      fixAvailable: Type.Optional(Type.Unknown()),
    }),
  ),
});

const SIGNED = Type.Object({ name: Type.String(), version: Type.String() });
const SIGNATURES = Type.Object({ invalid: Type.Array(SIGNED), missing: Type.Array(SIGNED) });

/** Advisories that the package registry knows of locked packages. */
export const npmAudit: Tool = {
  name: 'npm-audit',
  look: (subject) =>
    ask(subject, 'npm-audit', ['audit', '--package-lock-only'], 'auditReportVersion', (text) => {
      const { vulnerabilities } = wellFormed('npm audit', AUDIT, text, 'use npm 10 or 11');
      return Object.values(vulnerabilities).flatMap(({ via, nodes, fixAvailable }) => {
        const advisories = via.filter((one) => typeof one !== 'string'); // names of packages are told of beside their own
        const versions = new Set(
          subject.locked.filter(({ place }) => nodes.includes(place)).map(({ version }) => version),
        );
        return [...versions].flatMap((version) =>
          advisories.map((one) => advisory(one, version, fixAvailable !== false)),
        );
      });
    }),
};

function advisory(
  { name, url, title, severity }: Type.Static<typeof VIA>,
  version: string,
  fixable: boolean,
): ScanFinding {
  return {
    id: url.slice(url.lastIndexOf('/') + 1),
    target: LOCK_FILE,
    subject: `${name}@${version}`,
    severity: severityOf(severity),
    what: title,
    fix: fixable
      ? 'npm audit fix, and read what it changes'
      : 'there is no fixed version yet: leave it out, or except it with a day',
  };
}

/** Whether what is installed is what its publisher's registry has signed. */
export const npmSignatures: Tool = {
  name: 'npm-signatures',
  look: (subject) =>
    ask(subject, 'npm-signatures', ['audit', 'signatures'], 'invalid', (text) => {
      const { invalid, missing } = wellFormed('npm audit signatures', SIGNATURES, text, 'use npm 10 or 11');
      const fix = 'remove it from node_modules and the lock file, and find out where it came from';
      const found =
        (id: string, severity: 'critical' | 'medium', what: string) => (one: Type.Static<typeof SIGNED>) => {
          return { target: LOCK_FILE, subject: `${one.name}@${one.version}`, id, severity, what, fix };
        };
      return [
        ...invalid.map(found('invalid-signature', 'critical', 'it is not what was signed')),
        ...missing.map(found('missing-signature', 'medium', 'it has no signature, though its registry signs')),
      ];
    }),
};

/** @param report field that a report has, and a failure has not */
async function ask(
  { root }: Subject,
  tool: string,
  args: readonly string[],
  report: string,
  read: (text: string) => ScanFinding[],
): Promise<Outcome> {
  // One try each: where it can't be reached, the answer is the same a minute later.
  const printed = await run('npm', [...args, '--json', '--fetch-retries=0'], root, [0, 1]);
  if ('missing' in printed) return skipped(tool, 'npm is not on the path', 'install Node with npm');
  if ('failed' in printed) return skipped(tool, printed.failed, MEND);
  if (printed.stdout.includes(`"${report}"`)) return { findings: read(printed.stdout), skipped: [] };
  const { error, message = 'it printed nothing' } =
    printed.stdout === '' ? {} : wellFormed(tool, FAILURE, printed.stdout, 'use npm 10 or 11');
  return skipped(tool, error?.summary || message, MEND);
}
