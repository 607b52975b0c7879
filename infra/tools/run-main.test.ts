import { ConfigurationError, ConfigurationErrors } from '@groundwork/contract';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PhaseFailed } from './phases.ts';
import { runMain } from './run-main.ts';

const error = new ConfigurationError({
  code: 'option-invalid',
  where: '--to',
  problem: 'must be a time',
  fix: 'write one',
});
const failing = (thrown: unknown) => () => Promise.reject(thrown);
let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(console, 'error').mockImplementation((text: string) => {
    printed += text;
  });
});
afterEach(() => {
  process.exitCode = undefined;
  jest.restoreAllMocks();
});

test.each([
  ['one', error, /^.*must be a time/s],
  ['several', new ConfigurationErrors([error, error]), /must be a time[\s\S]*must be a time/],
  ['that of a phase, whose name comes first', new PhaseFailed('Build', 2, error), /phase 'Build'[\s\S]*must be a time/],
])('a ConfigurationError is printed without its stack and ends the program with 1: %s', async (_, thrown, text) => {
  await runMain(failing(thrown));
  expect(process.exitCode).toBe(1);
  expect(printed).toMatch(text);
  expect(printed).not.toContain('run-main.test.ts');
});

test('any other error is thrown', async () => {
  for (const thrown of [new TypeError('x is undefined'), new PhaseFailed('Build', 2, new TypeError('x'))])
    await expect(runMain(failing(thrown))).rejects.toBe(thrown);
  expect(printed).toBe('');
});
