import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesProviderArgs } from '@groundwork/pulumi';
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
const open = (program: Program, options: { folder?: string; passphrase?: string; kubeconfig?: string } = {}) =>
  InlineStack.open(program, { kubeconfig: cluster.kubeconfig, ...options });
const uid = async (kind: string, name: string, namespace: string) =>
  (await kubectl.get(kind, name, namespace))?.metadata.uid;

/** A program for the CLI, which runs it in a process of the engine's: what a file says, as `town` does it. */
const PROGRAM = `import { readFileSync } from 'node:fs';
import { town, notice } from '${join(import.meta.dirname, 'support/town.ts')}';

const { namespace, notices, adopt, access } = JSON.parse(readFileSync('town.json', 'utf8'));
const objects = Object.fromEntries(Object.entries(notices).map(([name, text]) => [name, notice(text)]));
await town(namespace, objects, { access, ...(adopt && { adopt }) })();
`;
async function townProject(kubeconfig: string = cluster.kubeconfig) {
  const project = await Project.of(
    {
      'Pulumi.yaml': 'name: town\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program.ts\n',
      'program.ts': PROGRAM,
    },
    kubeconfig,
  );
  return Object.assign(project, {
    state: join(project.folder, 'state'),
    write: (content: {
      readonly namespace: string;
      readonly notices: Readonly<Record<string, string>>;
      readonly adopt?: readonly string[];
      readonly access?: Partial<KubernetesProviderArgs>;
    }) => writeFileSync(join(project.folder, 'town.json'), JSON.stringify(content)),
  });
}

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
    const project = await townProject();
    const { exitCode, output } = await project.run(
      'unset PULUMI_CONFIG_PASSPHRASE; pulumi stack init dev --non-interactive',
    );
    expect([exitCode === 0, output]).toEqual([false, expect.stringMatching(/PULUMI_CONFIG_PASSPHRASE/)]);
    expect(await kubectl.get('configmap', 'hours', 'phrase')).toBeDefined();
    await stack.destroy();
  });

  test('of another project is not created, and its objects are not taken over by one of the same backend', async () => {
    const stack = await open(town('foreign', { hours: notice('9') }));
    const { create = 0 } = await stack.up();
    const project = await townProject();
    const { exitCode, output } = await project.run('pulumi stack init organization/other/dev --non-interactive');
    expect([exitCode === 0, output]).toEqual([false, expect.stringMatching(/project name .*other.* doesn't match/)]);
    await project.pulumi('stack init dev');
    project.write({ namespace: 'foreign', notices: { hours: '10' } });
    await expect(project.pulumi('up --yes --skip-preview')).rejects.toThrow(/already exists|conflict/);
    expect((await kubectl.get('configmap', 'hours', 'foreign'))?.data).toEqual({ text: '9' });
    expect(await stack.up()).toEqual({ same: create });
    await stack.destroy();
  });

  test('on a disk that is full in mid-up: reported; the way back is to begin the state again, and adoption', async () => {
    const project = await townProject();
    const mount = (options: string) => execa('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', project.state]);
    await mount('size=256k');
    try {
      const notices = Object.fromEntries([...'abcdefgh'].map((name) => [name, name.repeat(30_000)]));
      await project.pulumi('stack init dev');
      project.write({ namespace: 'full', notices });
      await expect(project.pulumi('up --yes --skip-preview')).rejects.toThrow(/no space left on device/);
      await mount('remount,size=64m');
      // The file backend may have cut off its checkpoint, and the former one beside it.
      for (const name of ['dev.json', 'dev.json.bak'])
        rmSync(join(project.state, '.pulumi/stacks/town', name), { force: true });
      await project.pulumi('stack init dev');
      const adopt = ['Namespace/full', ...Object.keys(notices).map((name) => `ConfigMap/full/${name}`)];
      project.write({ namespace: 'full', notices, adopt });
      await project.pulumi('up --yes --skip-preview');
      project.write({ namespace: 'full', notices });
      await project.pulumi('up --yes --skip-preview');
      expect(Object.keys((await project.pulumi('up --yes --skip-preview')).summary)).toEqual(['unchanged']);
      for (const [name, text] of Object.entries(notices))
        expect((await kubectl.get('configmap', name, 'full'))?.data).toEqual({ text });
      await project.pulumi('destroy --yes --skip-preview');
    } finally {
      await execa('umount', [project.state]);
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

  test('that was replaced, and got another identifier: after a refresh everything is created there', async () => {
    const access = (clusterIdentifier: string) =>
      town('moved', { hours: notice('9') }, { access: { clusterIdentifier } });
    const stack = await open(access('former'));
    await stack.up();
    await kubectl.run(['delete', 'namespace', 'moved']);
    await stack.refresh(); // else Pulumi would create the objects, and delete those of the former identifier: the same
    expect(await stack.up(access('new'))).toMatchObject({ create: 2 });
    expect(await kubectl.get('configmap', 'hours', 'moved')).toBeDefined();
    await stack.destroy();
  });

  test('whose context vanishes between preview and up: the up fails with its name, and nothing changes', async () => {
    const kubeconfig = join(temporaryFolder('kubeconfig'), 'config');
    const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
    const project = await townProject(kubeconfig);
    const write = (hours: string) =>
      project.write({ namespace: 'vanished', notices: { hours }, access: { context: cluster.context } });
    await project.pulumi('stack init dev');
    write('9');
    await project.pulumi('up --yes --skip-preview');
    write('10');
    expect((await project.pulumi('preview')).summary).toMatchObject({ update: 1 });
    const [context] = config.contexts;
    writeFileSync(kubeconfig, stringify({ ...config, contexts: [{ ...context, name: 'other' }] }));
    await expect(project.pulumi('up --yes --skip-preview')).rejects.toThrow(cluster.context);
    expect((await kubectl.get('configmap', 'hours', 'vanished'))?.data).toEqual({ text: '9' });
    writeFileSync(kubeconfig, stringify(config));
    await project.pulumi('destroy --yes --skip-preview');
  });
});

test('a provider of a version that is not installed is named', async () => {
  const project = await townProject();
  await project.pulumi('stack init dev');
  project.write({ namespace: 'newer', notices: {}, access: { version: '4.999.0' } });
  await expect(project.pulumi('up --yes --skip-preview')).rejects.toThrow(/kubernetes[\s\S]*4\.999\.0/);
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
