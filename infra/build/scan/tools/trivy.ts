import { join } from 'node:path';
import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { LOCK_FILE } from '../describe/lock.ts';
import type { ScanFinding } from '../finding.ts';
import { severityOf } from '../severity.ts';
import { run } from './command.ts';
import { type Outcome, type ScannedImage, skipped, type Tool, together } from './tool.ts';
import { unpacked } from './unpacked.ts';

const MEND =
  'have Trivy on the path (https://trivy.dev), or Go to build it, and let it reach its database and registries';

/** What is read of Trivy's report. @see trivy image --format json, SchemaVersion 2 */
const REPORT = Type.Object({
  SchemaVersion: Type.Literal(2),
  Results: Type.Optional(
    Type.Array(
      Type.Object({
        Target: Type.String(),
        Vulnerabilities: Type.Optional(
          Type.Array(
            Type.Object({
              VulnerabilityID: Type.String(),
              PkgName: Type.String(),
              InstalledVersion: Type.Optional(Type.String()),
              FixedVersion: Type.Optional(Type.String()),
              Severity: Type.String(),
              Title: Type.Optional(Type.String()),
            }),
          ),
        ),
        Secrets: Type.Optional(
          Type.Array(Type.Object({ RuleID: Type.String(), Severity: Type.String(), Title: Type.String() })),
        ),
      }),
    ),
  ),
});

/** Known vulnerabilities, and secrets in files, of images and of the lock file. */
export const trivy: Tool = {
  name: 'trivy',
  async look({ root, images, published }) {
    const lock = await report(LOCK_FILE, [
      'filesystem',
      '--scanners',
      'vuln',
      '--include-dev-deps',
      join(root, LOCK_FILE),
    ]);
    if (lock === undefined) return skipped('trivy', 'it is not on the path', MEND);
    const outcomes = [lock];
    for (const image of images) outcomes.push(await lookInto(image));
    // What has no fix yet is its publisher's to fix; what has one, a newer version of the image may bring.
    for (const { name, reference } of published)
      outcomes.push((await report(name, ['image', '--scanners', 'vuln', '--ignore-unfixed', reference])) as Outcome);
    return together(outcomes);
  },
};

async function lookInto({ description: { name }, archive }: ScannedImage): Promise<Outcome> {
  if (archive === undefined) return skipped('trivy', 'no image of it is built here', 'run npm run release first', name);
  // It reads layouts, but no archives of them. Secrets are looked for by themselves: that needs no database.
  return unpacked(archive, async (folder) => {
    const looked = async (scanner: string): Promise<Outcome> =>
      (await report(name, ['image', '--scanners', scanner, '--input', folder])) as Outcome;
    return together([await looked('secret'), await looked('vuln')]);
  });
}

/** Undefined if there is no Trivy. */
async function report(target: string, [command = '', ...args]: readonly string[]): Promise<Outcome | undefined> {
  const printed = await run('trivy', [command, '--quiet', '--format', 'json', ...args]);
  if ('missing' in printed) return undefined;
  if ('failed' in printed) return skipped('trivy', printed.failed, MEND, target);
  const { Results = [] } = wellFormed(
    `trivy on ${target}`,
    REPORT,
    printed.stdout,
    'use a Trivy whose report has SchemaVersion 2, such as 0.67.2',
  );
  return {
    skipped: [],
    findings: Results.flatMap(({ Target, Vulnerabilities = [], Secrets = [] }): ScanFinding[] => [
      ...Vulnerabilities.map(
        ({ VulnerabilityID, PkgName, InstalledVersion = '', FixedVersion = '', Severity, Title }) => ({
          id: VulnerabilityID,
          target,
          subject: `${PkgName}@${InstalledVersion}`,
          severity: severityOf(Severity),
          what: Title ?? 'known vulnerability',
          fix:
            FixedVersion === ''
              ? 'there is no fixed version yet: leave it out, or except it with a day'
              : `take ${PkgName} ${FixedVersion}`,
        }),
      ),
      ...Secrets.map(({ RuleID, Severity, Title }) => ({
        id: RuleID,
        target,
        subject: Target,
        severity: severityOf(Severity),
        what: `it holds what looks like a secret: ${Title}`,
        fix: 'take it out, and change the secret',
      })),
    ]),
  };
}
