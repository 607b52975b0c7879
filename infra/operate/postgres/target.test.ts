import { describe, expect, test } from '@jest/globals';
import { backupFor, restoreTarget } from './target.ts';

describe('the point in time to restore', () => {
  test.each([
    ['2026-01-31T06:10:00Z', '2026-01-31T06:10:00.000Z'],
    ['2026-01-31 07:10:00.5+01:00', '2026-01-31T06:10:00.500Z'],
    ['2026-01-31T06:10Z', '2026-01-31T06:10:00.000Z'],
  ])('%s', (text, time) => {
    expect(restoreTarget(text).toISOString()).toBe(time);
  });
  test.each(['yesterday', '2026-01-31T06:10:00', '2026-01-31', '2026-02-31T99:10:00Z', ''])(
    "is not '%s', which is without a zone or not a time",
    (text) => {
      expect(() => restoreTarget(text)).toThrow(/must be a time with a time zone[\s\S]*fix: write a time such as/);
    },
  );
});

describe('a restore', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 31, hour));
  const backups = [3, 5, 7].map((hour) => ({ label: `${hour}`, complete: at(hour) }));
  const past = [{ to: at(6).toISOString(), at: at(8).toISOString() }];

  test('uses the last backup completed before the time', () => {
    expect(backupFor(at(4), backups, at(10), []).label).toBe('3');
    expect(backupFor(at(5), backups, at(10), []).label).toBe('5');
    expect(backupFor(at(9), backups, at(10), []).label).toBe('7');
  });
  test('never uses a backup of a timeline that an earlier restore has abandoned', () => {
    expect(backupFor(at(9), backups, at(10), past).label).toBe('5');
  });
  test('is rejected before the oldest backup, after the newest WAL, and without a backup', () => {
    expect(() => backupFor(at(2), backups, at(10), [])).toThrow(
      /before .*choose a time from 2026-01-31T03:00:00.000Z to 2026-01-31T10:00:00.000Z/s,
    );
    expect(() => backupFor(at(11), backups, at(10), [])).toThrow(/is after the range that can be restored/);
    expect(() => backupFor(at(4), [], at(10), [])).toThrow(/has no backup/);
  });
  test('is rejected for a time that an earlier restore has undone, since its timeline is abandoned', () => {
    expect(() => backupFor(at(7), backups, at(10), past)).toThrow(
      /was undone by a restore at 2026-01-31T08:00:00.000Z/,
    );
    for (const hour of [5, 6, 8, 9]) expect(() => backupFor(at(hour), backups, at(10), past)).not.toThrow();
  });
});
