import { ConfigurationError } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { deployTimeSecret, parseDeployTimeSecret, resolveDeployTimeSecrets } from './deploy-time-secret.ts';

const secret = (stringData: Record<string, string>, rest: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData,
  ...rest,
});

test('a deploy-time secret is a text that contains its name and format', () => {
  expect(parseDeployTimeSecret(deployTimeSecret('postgres/users/app', 'password'))).toEqual({
    name: 'postgres/users/app',
    format: 'password',
  });
  expect(parseDeployTimeSecret('plain')).toBeUndefined();
});

test('an outlet inserts the value into a Secret and does not modify the object it was given', () => {
  const manifest = secret({ password: deployTimeSecret('a', 'password'), user: 'shop' });
  expect(resolveDeployTimeSecrets(manifest, ({ name }) => `value of ${name}`)).toMatchObject({
    stringData: { password: 'value of a', user: 'shop' },
  });
  expect(manifest).toEqual(secret({ password: deployTimeSecret('a', 'password'), user: 'shop' }));
});

test.each([
  [
    'a ConfigMap',
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 's' }, data: { a: deployTimeSecret('a', 'password') } },
  ],
  [
    'stringData of another kind',
    {
      apiVersion: 'x/v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { a: deployTimeSecret('a', 'password') },
    },
  ],
  [
    "a Secret's annotation",
    secret({}, { metadata: { name: 's', annotations: { a: deployTimeSecret('a', 'password') } } }),
  ],
  ['a longer text', secret({ url: `postgres://u:${deployTimeSecret('a', 'password')}@host` })],
])('a deploy-time secret in %s is rejected', (_, manifest) => {
  expect(() => resolveDeployTimeSecrets(manifest, () => 'x')).toThrow(ConfigurationError);
});

test('a name that is not a path of DNS labels is rejected', () => {
  expect(() => deployTimeSecret('Postgres/x', 'password')).toThrow(/must be a DNS label/);
});
