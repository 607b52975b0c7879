import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Config } from '@pulumi/pulumi';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { kubeAccess } from './kube-access.ts';

const kubeconfig = 'contexts: [{ name: blue, context: {} }, { name: green, context: {} }]\ncurrent-context: green\n';
const config = (values: Record<string, string>) => ({ get: (key: string) => values[key] }) as unknown as Config;

test('the context is that of the environment, not the current one', () => {
  expect(kubeAccess(config({ kubeconfig }), { name: 'dev', context: 'blue' })).toEqual({
    kubeconfig,
    context: 'blue',
    clusterIdentifier: 'blue',
  });
});

test("an environment without a context uses the stack's config", () => {
  expect(kubeAccess(config({ kubeconfig, context: 'blue', clusterIdentifier: 'c-1' }), { name: 'dev' })).toMatchObject({
    context: 'blue',
    clusterIdentifier: 'c-1',
  });
});

test.each([
  ['no context is set', { kubeconfig }, undefined, 'pulumi config set context NAME --stack dev'],
  [
    'two contexts are set',
    { kubeconfig, context: 'green' },
    'blue',
    "the context in the stack's config is 'green', and in the environment 'blue'",
  ],
  ['the kubeconfig does not have it', { kubeconfig }, 'red', "no context 'red', only blue, green"],
  ['the kubeconfig is invalid', { kubeconfig: 'token: [canary' }, 'blue', 'must be a kubeconfig'],
])('fails if %s', (_, values, context, message) => {
  expect(() => kubeAccess(config(values as Record<string, string>), { name: 'dev', context })).toThrow(message);
  expect(() => kubeAccess(config(values as Record<string, string>), { name: 'dev', context })).not.toThrow(/canary/);
});

describe('without a kubeconfig in the stack', () => {
  const before = process.env.KUBECONFIG;
  afterEach(() => {
    if (before === undefined) delete process.env.KUBECONFIG;
    else process.env.KUBECONFIG = before;
  });
  const files = (...names: string[]) => {
    const folder = temporaryFolder('kubeconfig');
    writeFileSync(join(folder, 'one'), 'contexts: [{ name: blue }]\n');
    writeFileSync(join(folder, 'two'), 'contexts: [{ name: green }]\n');
    process.env.KUBECONFIG = names.map((name) => join(folder, name)).join(delimiter);
  };

  test('the provider reads the files itself, as kubectl does: a list, of which one may be missing', () => {
    files('missing', 'one', 'two');
    expect(kubeAccess(config({}), { name: 'dev', context: 'green' })).toEqual({
      context: 'green',
      clusterIdentifier: 'green',
    });
    expect(() => kubeAccess(config({}), { name: 'dev', context: 'red' })).toThrow(/no context 'red', only blue, green/);
  });

  test('no file at all is an error', () => {
    files('missing');
    expect(() => kubeAccess(config({}), { name: 'dev', context: 'green' })).toThrow(/missing cannot be read: ENOENT/);
  });
});
