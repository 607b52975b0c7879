import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kubectl } from '../../deploy/index.ts';
import { FakeCommands, recorder } from '../../tools/testing/fake-commands.ts';
import { rotateAuthority } from './authority.ts';

let commands: FakeCommands;
beforeEach(() => {
  commands = new FakeCommands();
});
afterEach(() => commands.end());

test('an environment without its own authority is rejected, and nothing is changed', async () => {
  commands.add('kubectl', '');
  const kubectl = new Kubectl({ kubectl: [join(commands.folder, 'kubectl')] });
  await expect(rotateAuthority({ kubectl, namespace: 'shop-dev', progress: recorder() })).rejects.toThrow(
    /it has no authority[\s\S]*ClusterIssuer/,
  );
  expect(commands.calls).toEqual([
    'kubectl get issuers.cert-manager.io identity --namespace shop-dev --ignore-not-found -o json',
  ]);
});
