import { Mistake } from '@groundwork/contract';

const WHERE = 'npm run restore › --to';

/** `2026-11-23T06:10:00+01:00`, with seconds and a fraction or without; a time zone is a must. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The time that somebody wants the data of.
 * @throws Mistake for anything but a time with its zone: a guess about the zone would bring back other data
 */
export function restoreTarget(text: string): Date {
  const time = new Date(text.replace(' ', 'T'));
  if (TIME.test(text.replace(' ', 'T')) && !Number.isNaN(time.getTime())) return time;
  throw new Mistake(WHERE, `'${text}' is no time with a time zone`, "write one such as '2026-01-31T06:10:00Z' or '2026-01-31T07:10:00.5+01:00'");
}

/** A restore that was done: it brought back `to` at the time `at`, and what was committed between them is on a branch that was left. */
export interface Past {
  readonly to: string;
  readonly at: string;
}

/**
 * Refuses times that the archive can't bring back.
 * @param oldest when the oldest backup was complete
 * @param newest up to when the archive is known to be complete
 * @throws Mistake that names the range
 */
export function refuseOutside(target: Date, oldest: Date | undefined, newest: Date, past: readonly Past[]): void {
  if (oldest === undefined) {
    throw new Mistake(
      WHERE,
      'the repository holds no backup yet',
      'see the log of the container keeper in pod postgres-0: it takes the first one when the server starts',
    );
  }
  const range = `from ${oldest.toISOString()} to ${newest.toISOString()}`;
  if (target < oldest || target > newest) {
    throw new Mistake(WHERE, `${target.toISOString()} is ${target < oldest ? 'before' : 'after'} what can be brought back`, `choose a time ${range}`);
  }
  const left = past.find(({ to, at }) => target > new Date(to) && target < new Date(at));
  if (left === undefined) return;
  const what = `${target.toISOString()} was undone by a restore at ${left.at}, which brought back ${left.to}`;
  throw new Mistake(WHERE, what, `choose a time ${range}, but not between these two; docs/postgres.md says how to get at such a time by hand`);
}
