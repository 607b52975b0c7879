import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { processesWith } from './support/processes.ts';
import { InlineStack, Project } from './support/pulumi.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { begins, deployment, NEVER, notice, READY, town } from './support/town.ts';

/** What goes wrong around a program: a process that ends, a full disk, a foreign state, a cluster that is not there. */
const separate = await separateCluster();
let cluster: Cluster;
let kubectl: Kubectl;
beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
}, 30 * 60_000); // may include the builds of Kubernetes and Pulumi
afterAll(() => separate.down());

type Program = () => Promise<void>;
const open = (
  program: Program,
  options: { folder?: string; passphrase?: string; project?: string; kubeconfig?: string } = {},
) => InlineStack.open(program, { kubeconfig: cluster.kubeconfig, ...options });
const uid = async (kind: string, name: string, namespace: string) =>
  (await kubectl.get(kind, name, namespace))?.metadata.uid;

describe('kill -9', () => {
  test('in mid-update: the next up goes on', async () => {
    const stack = await open(town('kill-update', { web: deployment(READY), hours: notice('9') }));
    const { create = 0 } = await stack.up();
    const stuck = town('kill-update', { web: deployment(NEVER), hours: notice('10') });
    await killWhen(stack, stuck, 'update', 'Deployment');
    await stack.unlock();
    await stack.up(town('kill-update', { web: deployment(READY), hours: notice('10') }));
    expect(await stack.up()).toEqual({ same: create });
    await stack.destroy();
  });

  test('in mid-create: the object exists without being in the state, and adoption by name is the way back', async () => {
    const objects = { web: deployment(NEVER), hours: notice('9') };
    const stack = await open(town('kill-create', objects));
    await killWhen(stack, town('kill-create', objects), 'create', 'Deployment');
    await stack.unlock();
    const ready = { web: deployment(READY), hours: notice('9') };
    await expect(stack.up(town('kill-create', ready))).rejects.toThrow(/already exists|conflict/);
    const before = await uid('deployment', 'web', 'kill-create');
    await stack.up(town('kill-create', ready, { adopt: ['Deployment/kill-create/web'] }));
    expect(await uid('deployment', 'web', 'kill-create')).toBe(before);
    const without = await stack.up(town('kill-create', ready));
    expect(Object.keys(without)).not.toContain('replace');
    expect(await uid('deployment', 'web', 'kill-create')).toBe(before);
    expect(Object.keys(await stack.up(town('kill-create', ready)))).toEqual(['same']);
    await stack.destroy();
  });
});

describe('a state', () => {
  test('that another run has locked: the second is refused with the way out, and the first goes on', async () => {
    const first = await open(town('locked', { web: deployment(READY) }));
    await first.up();
    const second = await open(town('locked', { web: deployment(READY) }), { folder: first.folder });
    let refused: Promise<unknown> | undefined;
    await first.up(town('locked', { web: deployment(`${READY} # again`) }), (event) => {
      if (begins(event, 'update') === 'Deployment')
        refused = expect(second.up()).rejects.toThrow(/locked[\s\S]*pulumi cancel/);
    });
    expect(refused).toBeDefined();
    await refused;
    expect(Object.keys(await first.up())).toEqual(['same']);
    await first.destroy();
  });

  test('whose passphrase is missing or another: refused, and nothing changes', async () => {
    const stack = await open(town('phrase', { hours: notice('9') }));
    await stack.up();
    const other = open(town('phrase', {}), { folder: stack.folder, passphrase: 'another' });
    await expect(other.then((opened) => opened.up())).rejects.toThrow(/passphrase/);
    const project = await Project.of({ 'Pulumi.yaml': 'name: groundwork\nruntime: nodejs\n' }, cluster.kubeconfig);
    const { exitCode, output } = await project.run(
      'unset PULUMI_CONFIG_PASSPHRASE; pulumi stack init dev --non-interactive',
    );
    expect([exitCode === 0, output]).toEqual([false, expect.stringMatching(/PULUMI_CONFIG_PASSPHRASE/)]);
    expect(await kubectl.get('configmap', 'hours', 'phrase')).toBeDefined();
    await stack.destroy();
  });

  test('of another project in the same backend is not touched, and its objects are not taken over', async () => {
    const stack = await open(town('foreign', { hours: notice('9') }));
    const { create = 0 } = await stack.up();
    const other = await open(town('foreign', { hours: notice('10') }), { folder: stack.folder, project: 'other' });
    await expect(other.up()).rejects.toThrow(/already exists|conflict/);
    expect((await kubectl.get('configmap', 'hours', 'foreign'))?.data).toEqual({ text: '9' });
    expect(await stack.up()).toEqual({ same: create });
    await stack.destroy();
  });

  test('on a disk that is full in mid-up: reported; with room again the next up needs adoption at most', async () => {
    const folder = temporaryFolder('pulumi-small');
    const mount = (options: string) => execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    await mount('size=256k');
    try {
      const objects = Object.fromEntries([...'abcdefgh'].map((name) => [name, notice(name.repeat(30_000))]));
      const stack = await open(town('full', objects), { folder });
      await expect(stack.up()).rejects.toThrow(/no space left on device/);
      await mount('remount,size=64m');
      await stack.unlock();
      const adopt = ['Namespace/full', ...Object.keys(objects).map((name) => `ConfigMap/full/${name}`)];
      await stack.up(town('full', objects, { adopt }));
      for (const name of Object.keys(objects))
        expect((await kubectl.get('configmap', name, 'full'))?.data).toEqual({ text: name.repeat(30_000) });
      await stack.up(town('full', objects));
      expect(Object.keys(await stack.up())).toEqual(['same']);
      await stack.destroy();
    } finally {
      await execa('umount', [folder]);
    }
  });
});

describe('a cluster', () => {
  test('that was replaced under the same name looks unchanged until a refresh, and then gets everything again', async () => {
    const stack = await open(town('replaced', { hours: notice('9') }));
    const { create = 0 } = await stack.up();
    await kubectl.run(['delete', 'namespace', 'replaced']); // in the new cluster there is nothing
    expect(await stack.up()).toEqual({ same: create });
    await stack.refresh();
    expect(await stack.up()).toMatchObject({ create: 2 });
    expect(await kubectl.get('configmap', 'hours', 'replaced')).toBeDefined();
    await stack.destroy();
  });

  test('whose identifier changes gets everything, and the state names nothing of the former one', async () => {
    const access = (clusterIdentifier: string) =>
      town('moved', { hours: notice('9') }, { access: { clusterIdentifier } });
    const stack = await open(access('former'));
    await stack.up();
    await kubectl.run(['delete', 'namespace', 'moved']);
    expect(await stack.up(access('new'))).toMatchObject({ replace: 2 });
    expect(await kubectl.get('configmap', 'hours', 'moved')).toBeDefined();
    await stack.destroy();
  });

  test('whose context vanishes between preview and up: the up fails with its name, and nothing changes', async () => {
    const kubeconfig = join(temporaryFolder('kubeconfig'), 'config');
    const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
    const program = (text: string) =>
      town('vanished', { hours: notice(text) }, { access: { context: cluster.context } });
    const stack = await open(program('9'), { kubeconfig });
    await stack.up();
    expect((await stack.preview(program('10'))).changes).toMatchObject({ update: 1 });
    const [context] = config.contexts;
    writeFileSync(kubeconfig, stringify({ ...config, contexts: [{ ...context, name: 'other' }] }));
    await expect(stack.up(program('10'))).rejects.toThrow(cluster.context);
    expect((await kubectl.get('configmap', 'hours', 'vanished'))?.data).toEqual({ text: '9' });
    writeFileSync(kubeconfig, stringify(config));
    await stack.destroy();
  });
});

test('a provider of a version that is not installed is named, with the command that installs it', async () => {
  const stack = await open(town('newer', { hours: notice('9') }, { access: { version: '4.999.0' } }));
  await expect(stack.up()).rejects.toThrow(/kubernetes[\s\S]*4\.999\.0/);
});

/** Kills the engine while it waits for an operation on a kind. */
async function killWhen(stack: InlineStack, program: Program, op: string, kind: string): Promise<void> {
  let killed = false;
  const note = (event: EngineEvent) => {
    if (killed || begins(event, op) !== kind) return;
    killed = true;
    void killEngine(stack.folder);
  };
  await expect(stack.up(program, note)).rejects.toThrow();
  expect(killed).toBe(true);
}

/** Ends the CLI that this process started on a folder, as the kernel does when memory is short. */
async function killEngine(folder: string): Promise<void> {
  for (const { pid, parent, command } of await processesWith(`PULUMI_BACKEND_URL=file://${folder}`))
    if (parent === process.pid && command[0]?.endsWith('pulumi') && command[1] === 'up') process.kill(pid, 'SIGKILL');
}
