import { expect, test } from '@jest/globals';
import { firstValue, looksMade, redact } from './secret-values.ts';

test.each(['password', 'key', 'uuid', 'ed25519-jwks'] as const)(
  'a generated %s is recognized as generated',
  (format) => {
    for (let count = 0; count < 100; count++) expect(looksMade(format, firstValue(format))).toBe(true);
  },
);

test.each([
  ['what `openssl rand -base64 32` prints', 'password', 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=', true],
  ['a token that a service issued', 'password', 'R0123456789ABCDEF0123456789ABCDEF', false],
  ['the address of a hook', 'password', 'https://hooks.example.com/services/T0/B0/x', false],
  ['words', 'key', 'correct horse battery staple', false],
  ['an access key of a bucket', 'password', 'AKIAIOSFODNN7EXAMPLE', false],
] as const)('%s: generated or not', (_, format, value, made) => {
  expect(looksMade(format, value)).toBe(made);
});

test('values in a text are redacted in each form', () => {
  const value = 'a "quoted" one';
  expect(redact(`${value}, ${JSON.stringify(value)}, ${Buffer.from(value).toString('base64')}`, [value, ''])).toBe(
    '(secret), "(secret)", (secret)',
  );
});
