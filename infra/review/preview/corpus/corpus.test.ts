import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { blame, causeOf } from './blame.ts';
import type { Change } from './change.ts';
import { corpus } from './changes/index.ts';
import { refactorings } from './changes/refactorings.ts';
import { type Outcome, runAll, type Told } from './run.ts';

let outcomes: ReadonlyMap<Change, Outcome>;

beforeAll(async () => {
  outcomes = await runAll(join(import.meta.dirname, '../../../..'), corpus);
}, 900_000);

const of = (change: Change): Told => {
  const outcome = outcomes.get(change) as Outcome;
  if ('failed' in outcome) throw outcome.failed;
  return outcome;
};

describe('of a change, a reviewer is told what matters and nothing else', () => {
  test.each(corpus.map((change) => [change.name, change] as const))('%s', (_, change) => {
    expect(of(change).said).toEqual([...new Set(change.expected)].sort());
  });
});

test('no refactoring without effect is expected to be told of', () => {
  expect(refactorings.flatMap(({ expected }) => expected)).toEqual([]);
});

test('the names of the changes tell them apart', () => {
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
});

test.each(corpus.flatMap((change) => (change.causes === undefined ? [] : [[change.name, change] as const])))(
  'the cause of %s is the file that it says',
  (_, change) => {
    const reported = of(change);
    const named = reported.findings.map((finding) => [
      `${finding.rule} ${finding.subject} @ ${finding.environments.join(' ')}`,
      causeOf(finding, reported.lines, reported)?.replace(/:\d+$/, ''),
    ]);
    expect(Object.fromEntries(named)).toEqual(change.causes);
  },
);

test.each([
  { others: 0, precision: 1, recall: 0.94 },
  { others: 5, precision: 0.9, recall: 0.75 },
  { others: 20, precision: 0.85, recall: 0.7 },
])(
  'among $others other changes, causes are named with a precision of $precision and a recall of $recall at least',
  ({ others, precision, recall }) => {
    const { right, wrong, unknown } = blame(corpus.map(of), others);
    console.log(`${others} other changes: ${right} right, ${wrong} wrong, ${unknown} not named`);
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(precision);
    expect(right / (right + wrong + unknown)).toBeGreaterThanOrEqual(recall);
  },
);
