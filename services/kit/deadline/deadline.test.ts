import { Duration } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Deadline } from './deadline.ts';

const soon = Duration.millis(1);
const later = Duration.seconds(60);

test('when the deadline passes, the signal aborts, whether it was read before or after, and `ended` rejects with its reason', async () => {
  const deadline = Deadline.of(soon);
  const before = deadline.signal;
  const reason = await deadline.ended.catch((error) => error);
  expect(before.reason).toBe(reason);
  expect([deadline.over, before.aborted, deadline.remaining()]).toEqual([true, true, 0]);
  const unasked = Deadline.of(later);
  unasked.cancel();
  expect([unasked.over, unasked.signal.aborted]).toEqual([true, true]);
});

test('once the response is sent, the deadline no longer passes', async () => {
  const deadline = Deadline.of(soon);
  deadline.clear();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([deadline.over, deadline.signal.aborted]).toEqual([false, false]);
});

test("the caller's timeout applies if it is shorter, and only if it is an integer", () => {
  const remaining = ['100', '999999999', '-1', '1e3', ''].map((header) => {
    const deadline = Deadline.of(later, header);
    deadline.clear();
    return deadline.remaining();
  });
  expect(remaining[0]).toBeLessThanOrEqual(100);
  for (const each of remaining.slice(1)) expect(each).toBeGreaterThan(59_000);
});
