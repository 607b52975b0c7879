import { expect, jest, test } from '@jest/globals';
import { PhaseFailed, runPhases, throttled } from './phases.ts';

test('phases run in order and report times, notes and skipped work', async () => {
  const order: string[] = [];
  const report = await runPhases([
    {
      title: 'one',
      run: async (progress) => {
        order.push('one');
        progress.say('chose a');
        return undefined;
      },
    },
    {
      title: 'two',
      run: async (progress) => {
        order.push('two');
        progress.skipped('b', 'it is not here');
        return 'done';
      },
    },
  ]);
  expect(order).toEqual(['one', 'two']);
  expect(report.times.map(({ title }) => title)).toEqual(['one', 'two']);
  expect(report).toMatchObject({ notes: ['chose a'], skipped: [{ what: 'b', why: 'it is not here' }] });
});

test('a failing phase is named, has its cause, and ends the run', async () => {
  const cause = new Error('no room');
  const deploy = jest.fn(async () => undefined);
  const failed = await runPhases([
    { title: 'build', run: async () => Promise.reject(cause) },
    { title: 'deploy', run: deploy },
  ]).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(PhaseFailed);
  expect(failed).toMatchObject({ message: expect.stringMatching(/^phase 'build' failed after/), cause });
  expect(deploy).not.toHaveBeenCalled();
});

test('a log repeats a step only when its text changes, or after an interval', () => {
  const lines: string[] = [];
  let now = 0;
  const step = throttled(
    (text) => lines.push(text),
    () => now,
  );
  for (const [text, at] of [
    ['building users: RUN npm ci', 0],
    ['building users: COPY x, 2s', 1000],
    ['loading', 1500],
    ['loading, 1s', 1600],
    ['loading', 30_000],
  ] as const) {
    now = at;
    step(text);
  }
  expect(lines).toEqual(['building users: RUN npm ci', 'loading', 'loading']);
});

test('a log repeats a rollout’s line when the count changes, or after an interval', () => {
  const lines: string[] = [];
  let now = 0;
  const step = throttled(
    (text) => lines.push(text),
    () => now,
  );
  for (const [text, at] of [
    ['20 of 34 ready; waiting for kafka 0/1: pulling image, 1 s', 0],
    ['20 of 34 ready; waiting for kafka 0/1: not ready, 1 s; users 0/2: not ready, 0 s', 300],
    ['21 of 34 ready; waiting for kafka 0/1: not ready, 2 s', 600],
    ['21 of 34 ready; waiting for users 0/2: not ready, 19 s', 20_500],
    ['21 of 34 ready; waiting for users 0/2: not ready, 20 s', 20_600],
  ] as const) {
    now = at;
    step(text);
  }
  expect(lines.map((line) => line.replace(/ ready.*, /, ' … '))).toEqual([
    '20 of 34 … 1 s',
    '21 of 34 … 2 s',
    '21 of 34 … 20 s',
  ]);
});
