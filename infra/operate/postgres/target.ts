import { ConfigurationError } from '@groundwork/contract';
import type { Backup } from './repository.ts';

const WHERE = 'npm run restore › --to';

/** `2026-11-23T06:10:00+01:00`; seconds and a fraction are optional, the time zone is required. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Parses the point in time to restore.
 * @throws ConfigurationError if it is not a time with a zone: a guessed zone would restore other data
 */
export function restoreTarget(text: string): Date {
  const time = new Date(text.replace(' ', 'T'));
  if (TIME.test(text.replace(' ', 'T')) && !Number.isNaN(time.getTime())) return time;
  throw new ConfigurationError({
    code: 'option-invalid',
    where: WHERE,
    problem: `it must be a time with a time zone, got '${text}'`,
    fix: "write a time such as '2026-01-31T06:10:00Z' or '2026-01-31T07:10:00.5+01:00'",
  });
}

/** A completed restore to `to` at the time `at`: what was committed between them is on an abandoned timeline. */
export interface Past {
  readonly to: string;
  readonly at: string;
}

/**
 * Selects the backup to restore: the last one completed before the time that is not on an abandoned timeline. pgBackRest
 * itself compares only the times, and a server restored from an abandoned timeline does not start on the other one.
 * @param newest time up to which the archive is complete
 * @throws ConfigurationError with the allowed range, for a time that the archive can't restore
 */
export function backupFor(target: Date, backups: readonly Backup[], newest: Date, past: readonly Past[]): Backup {
  const undone = (time: Date) => past.find(({ to, at }) => time > new Date(to) && time < new Date(at));
  const usable = backups.filter(({ complete }) => undone(complete) === undefined);
  const [oldest] = usable;
  if (oldest === undefined) {
    const fix =
      'check the log of the container reloader in pod postgres-0, which takes the first backup when the server starts, and the logs of the backup Jobs';
    throw new ConfigurationError({
      code: 'restore-target-unavailable',
      where: WHERE,
      problem: "the repository has no backup of the database's current timeline",
      fix,
    });
  }
  const range = `from ${oldest.complete.toISOString()} to ${newest.toISOString()}`;
  const left = undone(target);
  if (left !== undefined) {
    const what = `${target.toISOString()} was undone by a restore at ${left.at}, which restored ${left.to}`;
    throw new ConfigurationError({
      code: 'restore-target-unavailable',
      where: WHERE,
      problem: what,
      fix: `choose a time ${range}, but not between these two; docs/postgres.md describes how to restore such a time by hand`,
    });
  }
  const begin = usable.filter(({ complete }) => complete <= target).at(-1);
  if (begin !== undefined && target <= newest) return begin;
  throw new ConfigurationError({
    code: 'restore-target-unavailable',
    where: WHERE,
    problem: `${target.toISOString()} is ${target > newest ? 'after' : 'before'} the range that can be restored`,
    fix: `choose a time ${range}`,
  });
}
