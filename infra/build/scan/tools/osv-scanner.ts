import { Type } from 'typebox';
import { wellFormed } from '../../../tools/well-formed.ts';
import { rated, type ScanFinding } from '../finding.ts';
import { run } from './command.ts';
import { LOCK_FILE, listOf, NO_FIX, type Tool } from './tool.ts';

const text = Type.String();

/** The fields of its report that are read. @see osv-scanner scan source --format json, version 2 */
const REPORT = Type.Object({
  results: Type.Array(
    Type.Object({
      packages: Type.Array(
        Type.Object({
          package: Type.Object({ name: text, version: text }),
          groups: listOf(
            Type.Object({ ids: Type.Array(text, { minItems: 1 }), aliases: Type.Array(text), max_severity: text }),
          ),
          vulnerabilities: listOf(
            Type.Object({
              id: text,
              summary: Type.Optional(text),
              affected: listOf(
                Type.Object({
                  ranges: listOf(Type.Object({ events: listOf(Type.Object({ fixed: Type.Optional(text) })) })),
                }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Advisories of osv.dev for locked packages. */
export const osvScanner: Tool = {
  name: 'osv-scanner',
  program: 'osv-scanner',
  fix: 'install osv-scanner (https://google.github.io/osv-scanner) or Go, which builds it; allow access to api.osv.dev, or pass a database with --db',
  async look({ work, db }) {
    // `--offline-vulnerabilities` alone would match nothing, and exit with 0.
    const offline = db === undefined ? [] : ['--offline', '--local-db-path', db];
    const args = ['scan', 'source', '--format', 'json', '--verbosity', 'error', ...offline, '--lockfile', LOCK_FILE];
    const printed = await run('osv-scanner', args, work, [0, 1]); // 1: there are findings
    if ('failed' in printed) return [{ skipped: [{ what: `osv-scanner on ${LOCK_FILE}`, reason: printed.failed }] }];
    const { results } = wellFormed('osv-scanner', REPORT, printed.stdout, 'use osv-scanner 2, such as 2.5.0');
    const findings = results.flatMap(({ packages }) =>
      packages.flatMap(({ package: { name, version }, groups = [], vulnerabilities = [] }) =>
        groups.map(({ ids: [id = ''], aliases, max_severity }): ScanFinding => {
          const advisory = vulnerabilities.find((one) => one.id === id);
          const ranges = (advisory?.affected ?? []).flatMap((one) => one.ranges ?? []);
          const fixes = ranges.flatMap(({ events = [] }) => events.flatMap(({ fixed }) => fixed ?? []));
          return {
            id,
            aliases: aliases.filter((alias) => alias !== id),
            target: LOCK_FILE,
            subject: `${name}@${version}`,
            ...ratedByScore(max_severity),
            what: advisory?.summary ?? 'known vulnerability',
            fix: fixes.length === 0 ? NO_FIX : `update ${name} to a fixed version: ${[...new Set(fixes)].join(', ')}`,
          };
        }),
      ),
    );
    return [{ findings }];
  },
};

/** @param score CVSS, such as `9.8`; empty if unrated. @see CVSS 3.1, 5: severity rating scale */
function ratedByScore(score: string): Pick<ScanFinding, 'severity' | 'rated'> {
  if (score === '') return rated('osv-scanner', 'unrated');
  const word = Number(score) >= 7 ? 'high' : Number(score) >= 4 ? 'medium' : 'low';
  return { ...rated('osv-scanner', word), rated: `osv-scanner: CVSS ${score}` };
}
