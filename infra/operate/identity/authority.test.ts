import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kubectl } from '../../deploy/kubectl.ts';
import { FakeCommands, recorder } from '../../tools/testing/fake-commands.ts';
import { rotateAuthority, validateRotation } from './authority.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

test('an environment without an authority of its own is refused, and nothing is touched', async () => {
  commands.add('kubectl', '');
  const kubectl = new Kubectl({ kubectl: [join(commands.folder, 'kubectl')] });
  await expect(rotateAuthority({ kubectl, namespace: 'shop-dev', progress: recorder() })).rejects.toThrow(
    /no authority of its own[\s\S]*ClusterIssuer/,
  );
  expect(commands.calls).toEqual([
    'kubectl get issuers.cert-manager.io identity --namespace shop-dev --ignore-not-found -o json',
  ]);
});

test('a namespace whose authority is being rotated takes no deploy, and one that has none under way does', () => {
  const namespace = (annotations: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop-dev', annotations },
  });
  expect(validateRotation(namespace({ 'groundwork/authority-rotation': '3' })).map(({ message }) => message)).toEqual([
    expect.stringMatching(/step 3 of 5[\s\S]*at namespace shop-dev[\s\S]*rotate identity-authority/),
  ]);
  expect(validateRotation(namespace({}))).toEqual([]);
  expect(validateRotation(undefined)).toEqual([]);
});
