import { expect, test } from '@jest/globals';
import type { Config } from '@pulumi/pulumi';
import { kubeAccess } from './kube-access.ts';

const kubeconfig = 'contexts: [{ name: blue, context: {} }, { name: green, context: {} }]\ncurrent-context: green\n';
const config = (values: Record<string, string>) => ({ get: (key: string) => values[key] }) as unknown as Config;

test('the context is the one that the environment names, whichever is current', () => {
  expect(kubeAccess(config({ kubeconfig }), { name: 'dev', context: 'blue' })).toEqual({
    kubeconfig,
    context: 'blue',
    clusterIdentifier: 'blue',
  });
});

test("an environment that names none takes the stack's config", () => {
  expect(kubeAccess(config({ kubeconfig, context: 'blue', clusterIdentifier: 'c-1' }), { name: 'dev' })).toMatchObject({
    context: 'blue',
    clusterIdentifier: 'c-1',
  });
});

test.each([
  ['no context is named', { kubeconfig }, undefined, 'pulumi config set context NAME --stack dev'],
  [
    'two are named',
    { kubeconfig, context: 'green' },
    'blue',
    "the stack's config says 'green', and the environment says 'blue'",
  ],
  ['the kubeconfig lacks it', { kubeconfig }, 'red', "no context 'red'; it has blue, green"],
  ['the kubeconfig is none', { kubeconfig: 'token: [canary' }, 'blue', 'is no kubeconfig'],
])('refuses when %s', (_, values, context, message) => {
  expect(() => kubeAccess(config(values as Record<string, string>), { name: 'dev', context })).toThrow(message);
  expect(() => kubeAccess(config(values as Record<string, string>), { name: 'dev', context })).not.toThrow(/canary/);
});
