import { describe, expect, test } from '@jest/globals';
import { refuseOutside, restoreTarget } from './target.ts';

describe('the time to go back to', () => {
  test.each([
    ['2026-01-31T06:10:00Z', '2026-01-31T06:10:00.000Z'],
    ['2026-01-31 07:10:00.5+01:00', '2026-01-31T06:10:00.500Z'],
    ['2026-01-31T06:10Z', '2026-01-31T06:10:00.000Z'],
  ])('%s', (text, time) => {
    expect(restoreTarget(text).toISOString()).toBe(time);
  });
  test.each(['yesterday', '2026-01-31T06:10:00', '2026-01-31', '2026-02-31T99:10:00Z', ''])("is not '%s', which has no zone or is no time", (text) => {
    expect(() => restoreTarget(text)).toThrow(/is no time with a time zone[\s\S]*mend: write one such as/);
  });
});

describe('a restore is refused', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 31, hour));
  const past = [{ to: at(6).toISOString(), at: at(8).toISOString() }];

  test('before the oldest backup, after the newest log, and without a backup', () => {
    expect(() => refuseOutside(at(2), at(3), at(10), [])).toThrow(/before .*choose a time from 2026-01-31T03:00:00.000Z to 2026-01-31T10:00:00.000Z/s);
    expect(() => refuseOutside(at(11), at(3), at(10), [])).toThrow(/is after what can be brought back/);
    expect(() => refuseOutside(at(4), undefined, at(10), [])).toThrow(/holds no backup yet/);
  });
  test('to a time that an earlier restore has undone, since the archive goes on from where that one went back to', () => {
    expect(() => refuseOutside(at(7), at(3), at(10), past)).toThrow(/was undone by a restore at 2026-01-31T08:00:00.000Z/);
    for (const hour of [5, 6, 8, 9]) expect(() => refuseOutside(at(hour), at(3), at(10), past)).not.toThrow();
  });
});
