import { Duration } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Deadline } from './deadline.ts';

const soon = Duration.millis(1);
const later = Duration.seconds(60);

test('at the end, the signal aborts, whether it was asked for before or after, and `ended` rejects with its reason', async () => {
  const deadline = Deadline.of(soon);
  const before = deadline.signal;
  const reason = await deadline.ended.catch((error) => error);
  expect(before.reason).toBe(reason);
  expect([deadline.over, before.aborted, deadline.remaining()]).toEqual([true, true, 0]);
  const unasked = Deadline.of(later);
  unasked.cancel();
  expect([unasked.over, unasked.signal.aborted]).toEqual([true, true]);
});

test('once the answer is out, nothing ends any more', async () => {
  const deadline = Deadline.of(soon);
  deadline.clear();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([deadline.over, deadline.signal.aborted]).toEqual([false, false]);
});

test("the caller's time counts where it is shorter, and only as a whole number", () => {
  const remaining = ['100', '999999999', '-1', '1e3', ''].map((header) => {
    const deadline = Deadline.of(later, header);
    deadline.clear();
    return deadline.remaining();
  });
  expect(remaining[0]).toBeLessThanOrEqual(100);
  for (const each of remaining.slice(1)) expect(each).toBeGreaterThan(59_000);
});
