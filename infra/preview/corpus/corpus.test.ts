import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Change } from './change.ts';
import { corpus } from './changes/index.ts';
import { refactorings } from './changes/refactorings.ts';
import { type Outcome, runAll, score } from './run.ts';

let outcomes: ReadonlyMap<Change, Outcome>;

beforeAll(async () => {
  outcomes = await runAll(join(import.meta.dirname, '../../..'), corpus);
}, 900_000);

const said = (change: Change): readonly string[] => {
  const outcome = outcomes.get(change) as Outcome;
  if ('failed' in outcome) throw outcome.failed;
  return outcome.said;
};

describe('of a change, a reviewer is told what matters and nothing else', () => {
  test.each(corpus.map((change) => [change.name, change] as const))('%s', (_, change) => {
    expect(said(change)).toEqual([...new Set(change.expected)].sort());
  });
});

test('no refactoring without effect is expected to be told of', () => {
  expect(refactorings.flatMap(({ expected }) => expected)).toEqual([]);
  expect(refactorings.length).toBeGreaterThanOrEqual(12);
});

test('the names of the changes tell them apart, and there are enough to learn from', () => {
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  expect(corpus.length).toBeGreaterThanOrEqual(60);
});

test('precision and recall over the whole corpus are 1', () => {
  expect(score(outcomes)).toMatchObject({ precision: 1, recall: 1 });
});
