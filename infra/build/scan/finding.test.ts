import { describe, expect, test } from '@jest/globals';
import { type Exception, judge } from './exceptions.ts';
import { isAtLeast, merged, rated, type ScanFinding, SEVERITIES } from './finding.ts';

const TODAY = new Date('2026-11-23T23:59:59Z');
const finding = (more: Partial<ScanFinding> = {}): ScanFinding => ({
  id: 'CVE-1',
  target: 'users',
  subject: 'lodash@4.17.11',
  severity: 'warning',
  rated: 'trivy: MEDIUM',
  what: 'pollution',
  fix: 'take another',
  ...more,
});

describe('findings of several scanners', () => {
  const advisory = finding({ id: 'GHSA-1', aliases: ['CVE-1'], severity: 'info' });

  test('are merged if they have the same place and a common id: with the worst rating and all aliases', () => {
    const [only, ...others] = merged([advisory, finding(), finding({ id: 'GHSA-1', severity: 'info' })]);
    expect(only).toEqual(finding({ aliases: ['GHSA-1'] }));
    expect(others).toEqual([]);
  });

  test.each([
    ['another image', { target: 'catalog' }],
    ['another version', { subject: 'lodash@4.17.12' }],
    ['another vulnerability', { id: 'CVE-2' }],
  ])('are not merged for %s', (_, other) => {
    expect(merged([finding(), finding(other)])).toHaveLength(2);
  });

  test('are listed worst first, whatever order the scanners run in', () => {
    const found = SEVERITIES.map((severity) => finding({ id: severity, severity }));
    expect(merged([...found].reverse())).toEqual(found);
  });
});

test('law: each severity is at least itself and all lower ones, and no higher one', () => {
  for (const [rank, severity] of SEVERITIES.entries())
    expect(SEVERITIES.filter((threshold) => isAtLeast(severity, threshold))).toEqual(SEVERITIES.slice(rank));
});

test.each([
  ['CRITICAL', 'critical'],
  ['HIGH', 'critical'],
  ['FATAL', 'critical'],
  ['moderate', 'warning'],
  ['WARN', 'warning'],
  ['Negligible', 'info'],
  ['LOW', 'info'],
  ['UNKNOWN', 'critical'], // unrated: the gate fails closed
  ['', 'critical'],
])("a scanner's %j is %s, and the original word is still shown", (word, severity) => {
  expect(rated('trivy', word)).toEqual({ severity, rated: `trivy: ${word}` });
});

describe('an exception', () => {
  const exception = (more: Partial<Exception> = {}): Exception => ({
    id: 'CVE-1',
    reason: 'not reachable',
    expires: '2026-11-23',
    ...more,
  });
  const open = (...exceptions: Exception[]): number =>
    judge([finding({ aliases: ['GHSA-1'] })], exceptions, TODAY).open.length;

  test.each([
    ['its id', {}, 0],
    ['another name of it', { id: 'GHSA-1' }, 0],
    ['its image and package', { target: 'users', subject: 'lodash@4.17.11' }, 0],
    ['another id', { id: 'CVE-2' }, 1],
    ['another image', { target: 'catalog' }, 1],
    ['another version of the package', { subject: 'lodash@4.17.12' }, 1],
  ])('that names %s leaves %s open', (_, more: Partial<Exception>, left) => {
    expect(open(exception(more))).toBe(left);
  });

  test('that has expired is ignored if a valid one matches', () => {
    const judged = judge(
      [finding()],
      [exception({ expires: '2026-11-22' }), exception({ expires: '2026-12-01' })],
      TODAY,
    );
    expect(judged).toMatchObject({ open: [], expired: [{ expires: '2026-11-22' }], unused: [] });
  });

  test('law: every finding is open or excepted, and none is both', () => {
    const found = [finding(), finding({ id: 'CVE-2' }), finding({ target: 'catalog' })];
    const judged = judge(found, [exception({ target: 'users' })], TODAY);
    expect(new Set([...judged.open, ...judged.excepted.map((one) => one.finding)])).toEqual(new Set(found));
    expect([judged.open, judged.excepted].map(({ length }) => length)).toEqual([2, 1]);
  });

  test('is rejected with all other invalid ones, so that they are fixed together', () => {
    const wrong = [
      exception({ reason: '' }),
      exception({ id: 'CVE-2', expires: '2027-02-30' }),
      exception({ id: 'CVE-3', expires: '2027-11-30' }),
    ];
    expect(() => judge([], wrong, TODAY)).toThrow(/'CVE-1'[\s\S]*'CVE-2'[\s\S]*'CVE-3'/);
  });
});
