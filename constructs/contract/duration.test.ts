import { fc, test as law } from '@fast-check/jest';
import { expect, test } from '@jest/globals';
import { ConfigurationError, Duration } from './index.ts';

test.each([
  [Duration.millis(250), '250ms'],
  [Duration.seconds(90), '90s'],
  [Duration.minutes(120), '2h'],
  [Duration.days(7), '7d'],
  [Duration.millis(0), '0ms'],
])('is formatted in the largest unit that fits: %s', (duration, text) => {
  expect(String(duration)).toBe(text);
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('rejects %d milliseconds', (amount) => {
  expect(() => Duration.millis(amount)).toThrow(ConfigurationError);
});

test('accepts a fraction of a unit that is a whole number of milliseconds, and never rounds it', () => {
  expect(Duration.seconds(1.5).toMilliseconds()).toBe(1500);
  expect(() => Duration.seconds(1.5).toSeconds()).toThrow(/must be a whole number of seconds/);
});

law.prop([fc.nat(1e9)])('law: seconds there and back are the same', (seconds) => {
  expect(Duration.seconds(seconds).toSeconds()).toBe(seconds);
});
