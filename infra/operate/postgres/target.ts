import { ConfigurationError } from '@groundwork/contract';
import type { Backup } from './repository.ts';

const WHERE = 'npm run restore › --to';

/** `2026-11-23T06:10:00+01:00`, with seconds and a fraction or without; a time zone is a must. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The time that somebody wants the data of.
 * @throws ConfigurationError for anything but a time with its zone: a guess about the zone would bring back other data
 */
export function restoreTarget(text: string): Date {
  const time = new Date(text.replace(' ', 'T'));
  if (TIME.test(text.replace(' ', 'T')) && !Number.isNaN(time.getTime())) return time;
  throw new ConfigurationError({
    code: 'option-invalid',
    where: WHERE,
    problem: `'${text}' is no time with a time zone`,
    fix: "write one such as '2026-01-31T06:10:00Z' or '2026-01-31T07:10:00.5+01:00'",
  });
}

/** A restore that was done: it brought back `to` at the time `at`, and what was committed between them is on a branch that was left. */
export interface Past {
  readonly to: string;
  readonly at: string;
}

/**
 * The backup to begin with: the last that was complete before the time, and is not of a branch that a restore has left.
 * pgBackRest itself looks at the time only, and a server that begins on the left branch does not come up on the other.
 * @param newest up to when the archive is known to be complete
 * @throws ConfigurationError that names the range, for a time that the archive can't bring back
 */
export function backupFor(target: Date, backups: readonly Backup[], newest: Date, past: readonly Past[]): Backup {
  const undone = (time: Date) => past.find(({ to, at }) => time > new Date(to) && time < new Date(at));
  const usable = backups.filter(({ complete }) => undone(complete) === undefined);
  const [oldest] = usable;
  if (oldest === undefined) {
    const fix =
      'see the log of the container reloader in pod postgres-0, which takes the first one when the server starts, and that of the backup Jobs';
    throw new ConfigurationError({
      code: 'restore-target-unavailable',
      where: WHERE,
      problem: 'the repository holds no backup of what the database is now',
      fix,
    });
  }
  const range = `from ${oldest.complete.toISOString()} to ${newest.toISOString()}`;
  const left = undone(target);
  if (left !== undefined) {
    const what = `${target.toISOString()} was undone by a restore at ${left.at}, which brought back ${left.to}`;
    throw new ConfigurationError({
      code: 'restore-target-unavailable',
      where: WHERE,
      problem: what,
      fix: `choose a time ${range}, but not between these two; docs/postgres.md says how to get at such a time by hand`,
    });
  }
  const begin = usable.filter(({ complete }) => complete <= target).at(-1);
  if (begin !== undefined && target <= newest) return begin;
  throw new ConfigurationError({
    code: 'restore-target-unavailable',
    where: WHERE,
    problem: `${target.toISOString()} is ${target > newest ? 'after' : 'before'} what can be brought back`,
    fix: `choose a time ${range}`,
  });
}
