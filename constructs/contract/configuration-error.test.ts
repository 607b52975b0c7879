import { expect, test } from '@jest/globals';
import { ConfigurationError, ConfigurationErrors, throwIfAny } from './index.ts';

const one = new ConfigurationError({
  code: 'contract-invalid',
  where: "contract 'a' › name",
  problem: 'it is wrong',
  fix: 'write it right',
});

test('reads as what, where and how to fix it', () => {
  expect(one.message).toBe("it is wrong\n    at contract 'a' › name (contract-invalid)\n    fix: write it right");
  expect(
    new ConfigurationError({ code: 'contract-invalid', where: { node: { path: 'dev/users' } }, problem: 'x', fix: 'y' })
      .where,
  ).toBe('dev/users');
});

test('several are reported at once, each in full', () => {
  expect(() => throwIfAny([])).not.toThrow();
  expect(() => throwIfAny([one])).toThrow(one);
  const two = new ConfigurationErrors([
    one,
    new ConfigurationError({ code: 'contract-invalid', where: 'there', problem: 'worse', fix: 'fix that too' }),
  ]);
  expect(() => throwIfAny(two.errors)).toThrow(ConfigurationErrors);
  expect(two.message).toMatch(/2 configuration errors:\n1\. it is wrong[\s\S]*write it right[\s\S]*2\. worse/);
});
