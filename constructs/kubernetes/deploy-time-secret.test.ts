import { Mistake } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { late, lateValue, resolveLateValues } from './deploy-time-secret.ts';

const secret = (stringData: Record<string, string>, rest: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData,
  ...rest,
});

test('a late value is a text that tells its name and format', () => {
  expect(lateValue(late('postgres/users/app', 'password'))).toEqual({ name: 'postgres/users/app', format: 'password' });
  expect(lateValue('plain')).toBeUndefined();
});

test('an outlet puts the value into a Secret and leaves the object it was given alone', () => {
  const manifest = secret({ password: late('a', 'password'), user: 'shop' });
  expect(resolveLateValues(manifest, ({ name }) => `value of ${name}`)).toMatchObject({
    stringData: { password: 'value of a', user: 'shop' },
  });
  expect(manifest).toEqual(secret({ password: late('a', 'password'), user: 'shop' }));
});

test.each([
  ['a ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' }, data: { a: late('a', 'password') } }],
  [
    'stringData of another kind',
    { apiVersion: 'x/v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: late('a', 'password') } },
  ],
  ["a Secret's annotation", secret({}, { metadata: { name: 's', annotations: { a: late('a', 'password') } } })],
  ['a longer text', secret({ url: `postgres://u:${late('a', 'password')}@host` })],
])('a late value in %s is refused', (_, manifest) => {
  expect(() => resolveLateValues(manifest, () => 'x')).toThrow(Mistake);
});

test('a name that is no path of DNS labels is refused', () => {
  expect(() => late('Postgres/x', 'password')).toThrow(/no DNS label/);
});
