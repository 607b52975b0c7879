import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployTimeSecret, type Manifest } from '@groundwork/constructs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeCommands, recorder } from '../tools/testing/fake-commands.ts';
import { systemOf } from '../tools/testing/system-of.ts';
import { ApplyEngine } from './apply.ts';
import type { Cluster } from './cluster/driver.ts';
import type { Deployment } from './engine.ts';
import { SecretsFile } from './secrets-file.ts';

const PATH = process.env.PATH;
let commands: FakeCommands;
let deployment: Deployment;
beforeEach(() => {
  commands = new FakeCommands();
  // Keeps what is applied, and has nothing in the cluster.
  commands.add(
    'kubectl',
    `PATH=${PATH}; case "$1" in apply) cat >> ${commands.folder}/applied; echo 'configmap/old pruned' ;; esac`,
  );
  const state = mkdtempSync(join(commands.folder, 'state-'));
  const cluster: Cluster = {
    driver: 'context',
    kubeconfig: '',
    context: 'c',
    kubectl: [join(commands.folder, 'kubectl')],
    gatewayUrl: undefined,
    state,
    images: 'registry',
    loadImages: async () => {},
  };
  deployment = { environment: 'dev', namespace: 'shop-dev', cluster, system: systemOf({ c: [namespace, secret] }) };
});
afterEach(() => commands.end());

const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-dev' } };
const secret: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'shop-dev' },
  stringData: { password: deployTimeSecret('db/app', 'password') },
};

test('the namespace comes first and outside of the set that is pruned', async () => {
  await new ApplyEngine().deploy(deployment, recorder());
  const applies = commands.calls.filter((call) => call.startsWith('kubectl apply'));
  expect(applies).toHaveLength(2);
  expect(applies[0]).not.toContain('--prune');
  expect(applies[1]).toContain('--namespace shop-dev --prune --applyset configmaps/groundwork');
});

test('a part of an environment prunes nothing: the rest of it may be there', async () => {
  await new ApplyEngine().deploy({ ...deployment, partial: true }, recorder());
  expect(commands.calls.filter((call) => call.startsWith('kubectl apply'))).toHaveLength(2);
  expect(commands.calls.join('\n')).not.toMatch(/--prune|--applyset/);
});

test('deploy-time secrets are in what is applied, and in no command line', async () => {
  await new ApplyEngine().deploy(deployment, recorder());
  const secrets = JSON.parse(readFileSync(join(deployment.cluster.state, 'secrets/shop-dev.json'), 'utf8')) as Record<
    string,
    { value: string }
  >;
  expect(readFileSync(join(commands.folder, 'applied'), 'utf8')).toContain(secrets['db/app']?.value);
  expect(commands.calls.join('\n')).not.toContain(secrets['db/app']?.value);
});

test('a Job that failed is deleted before the apply, so that it runs again; others stay', async () => {
  const job = (name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'shop-dev' } });
  const live = (name: string, type: string) => ({ ...job(name), status: { conditions: [{ type, status: 'True' }] } });
  const items = [live('postgres-users', 'Failed'), live('kafka', 'Complete'), live('by-hand', 'Failed')];
  commands.add('kubectl', `case "$1 $2" in 'get jobs') echo '${JSON.stringify({ items })}' ;; esac`);
  const system = systemOf({ c: [namespace, job('postgres-users'), job('kafka')] });
  await new ApplyEngine().deploy({ ...deployment, system }, recorder());
  const calls = commands.calls.map((call) => call.split(' ').slice(0, 4).join(' '));
  expect(commands.calls).toContain('kubectl delete jobs postgres-users --namespace shop-dev --wait');
  expect(calls.indexOf('kubectl delete jobs postgres-users')).toBeLessThan(
    calls.lastIndexOf('kubectl apply --server-side --force-conflicts'),
  );
});

test('what was pruned is told', async () => {
  expect((await new ApplyEngine().deploy(deployment, recorder())).pruned).toContain('configmap/old');
});

const role = (name: string, space = 'default'): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name, namespace: space },
});
const rights = 'roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io';

test('rights in another namespace are applied outside of the set, and go with the environment', async () => {
  await new ApplyEngine().deploy(
    { ...deployment, system: systemOf({ c: [namespace, role('r'), secret] }) },
    recorder(),
  );
  expect(commands.calls.filter((call) => call.startsWith('kubectl apply'))).toHaveLength(3);
  expect(readFileSync(join(commands.folder, 'applied'), 'utf8')).toContain('"groundwork/environment-of":"shop-dev"');
  await new ApplyEngine().destroy(deployment, { keepData: false }, recorder());
  expect(commands.calls.join('\n')).toContain(
    `delete ${rights} --all-namespaces --selector groundwork/environment-of=shop-dev`,
  );
});

describe('of the rights that the environment has in other namespaces', () => {
  beforeEach(() => {
    const items = [role('r'), role('former'), role('r', 'kube-system')];
    commands.add(
      'kubectl',
      `case "$1 $2 $3" in 'get ${rights} --all-namespaces') echo '${JSON.stringify({ items })}' ;; esac`,
    );
  });
  const deletions = (): readonly string[] => commands.calls.filter((call) => call.startsWith('kubectl delete'));

  test('those that left the code are deleted, with or without others that stay', async () => {
    const former = ['role/former in default', 'role/r in kube-system'];
    const { pruned } = await new ApplyEngine().deploy(
      { ...deployment, system: systemOf({ c: [namespace, role('r')] }) },
      recorder(),
    );
    expect(pruned).toEqual(former);
    expect(deletions()).toEqual([
      'kubectl delete role.rbac.authorization.k8s.io/former --namespace default --ignore-not-found',
      'kubectl delete role.rbac.authorization.k8s.io/r --namespace kube-system --ignore-not-found',
    ]);
    expect((await new ApplyEngine().deploy(deployment, recorder())).pruned).toEqual(['role/r in default', ...former]);
  });

  test('none is deleted by a part of an environment', async () => {
    await new ApplyEngine().deploy({ ...deployment, partial: true }, recorder());
    expect(deletions()).toEqual([]);
  });

  test('an account that may not list them deploys all the same, and what may be left is reported', async () => {
    commands.add(
      'kubectl',
      `case "$*" in *all-namespaces*) echo 'roles is forbidden: cannot list' >&2; exit 1 ;; esac`,
    );
    const progress = recorder();
    await new ApplyEngine().deploy(deployment, progress);
    expect(progress.said).toEqual([expect.stringMatching(/former rights in other namespaces: .*cannot list/)]);
  });
});

test('an object outside of the namespace is refused before anything is applied', async () => {
  const stray: Manifest = { ...secret, metadata: { name: 's', namespace: 'elsewhere' } };
  await expect(
    new ApplyEngine().deploy({ ...deployment, system: systemOf({ c: [namespace, stray] }) }, recorder()),
  ).rejects.toThrow(/lies in namespace 'elsewhere'/);
  expect(commands.calls).toEqual([]);
});

test('an API server that refuses is quoted', async () => {
  commands.add(
    'kubectl',
    `[ "$1" = apply ] && { echo 'Error from server (Forbidden): exceeded quota' >&2; exit 1; }; exit 0`,
  );
  await expect(new ApplyEngine().deploy(deployment, recorder())).rejects.toThrow(/exceeded quota/);
});

test('an API server that refuses a Secret is quoted without its value', async () => {
  commands.add('kubectl', `case "$*" in *--prune*) PATH=${PATH} cat >&2; exit 1 ;; esac`);
  const said = await new ApplyEngine().deploy(deployment, recorder()).catch((error: Error) => error.message);
  expect(said).toContain('"password":"(secret)"');
  expect(said).not.toContain(SecretsFile.of(deployment.cluster, 'shop-dev').value('db/app', 'password'));
});

test('while the authority gets another key nothing is applied', async () => {
  const live = JSON.stringify({
    metadata: { name: 'shop-dev', annotations: { 'groundwork/authority-rotation': '2' } },
  });
  commands.add('kubectl', `case "$1 $2" in 'get namespace') echo '${live}' ;; esac`);
  await expect(new ApplyEngine().deploy(deployment, recorder())).rejects.toThrow(/step 2 is under way/);
  expect(commands.calls.filter((call) => call.startsWith('kubectl apply'))).toEqual([]);
});
