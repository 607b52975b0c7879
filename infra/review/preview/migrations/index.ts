/** Migrations: SQL that services run on their databases when they are deployed. */
import type { Finding, Observation } from '../finding.ts';
import type { ChangedFile } from '../versions.ts';

/** Findings about the migrations that a change adds, edits and deletes. */
export async function migrationFindings(
  files: readonly ChangedFile[],
  environments: readonly string[],
): Promise<Finding[]> {
  const observed = await Promise.all(files.map(observationsOf));
  return observed.flat().map((observation) => ({ rule: 'migrations', environments, ...observation }));
}

async function observationsOf({ file, before, after }: ChangedFile): Promise<Observation[]> {
  const about = { subject: `migration ${file}`, cause: `migration ${file}`, source: file };
  if (before !== undefined)
    return [
      {
        ...about,
        severity: 'warning',
        what: `it is ${after === undefined ? 'deleted' : 'edited'}: databases in which it has run stay as they are`,
        advice: 'restore it, and add a new migration for the difference',
      },
    ];
  const { risksOf } = await import('./statements.ts'); // the parser is only loaded where there is SQL
  const risks = await risksOf(after ?? '');
  return [
    {
      ...about,
      severity: 'info',
      what: 'it runs before the new version starts',
      advice: 'try it on a copy of the data',
    },
    ...risks.map(
      ({ severity, line, what }): Observation => ({
        ...about,
        severity,
        what,
        field: `line ${line}`,
        source: `${file}:${line}`,
        advice:
          'in this version add what the next one needs, and remove the former in a later one: both versions run during a rollout',
      }),
    ),
  ];
}
