import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from '@groundwork/contract';
import { BUSYBOX } from '@groundwork/local';
import { type DeployOptions, deploy, KubernetesProvider } from '@groundwork/pulumi';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { InlineStack, pulumi } from './support/pulumi.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** Renames, moves, interruptions and failures of any cdk8s app on the real engine. */
const separate = await separateCluster();
let cluster: Cluster;
let kubectl: Kubectl;
let version: string | undefined;
beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
  version = (await pulumi()).providerVersion;
}, 30 * 60_000); // may include the builds of Kubernetes and Pulumi
afterAll(() => separate.down());

type Objects = Readonly<Record<string, readonly [apiVersion: string, kind: string, rest?: object]>>;

/** A program that deploys these objects, by name, to a separate namespace. */
function town(
  namespace: string,
  objects: Objects,
  options: Partial<DeployOptions> = {},
  scope: (app: App) => Construct = (app) => app,
) {
  return async () => {
    const app = new App();
    const chart = new Chart(scope(app), 'town');
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    for (const [name, [apiVersion, kind, rest = {}]] of Object.entries(objects))
      new ApiObject(chart, `${kind}-${name}`, { apiVersion, kind, metadata: { name, namespace }, ...rest });
    const access = { clusterIdentifier: 'test', ...(version === undefined ? {} : { version }) };
    deploy(app, { provider: new KubernetesProvider(`cluster-${namespace}`, access), ...options });
  };
}
const open = (program: () => Promise<void>, folder = temporaryFolder('pulumi-state')) =>
  InlineStack.open(program, { kubeconfig: cluster.kubeconfig, folder });
const notice = (text: string) => ['v1', 'ConfigMap', { data: { text } }] as const;
/** A Deployment whose pods run a shell command; they are ready when the file /tmp/ready exists. */
const deployment = (command: string) => {
  const container = {
    name: 'main',
    image: BUSYBOX,
    command: ['sh', '-c', command],
    readinessProbe: { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 },
  };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  };
  const spec = { selector: { matchLabels: { app: 'web' } }, template };
  return ['apps/v1', 'Deployment', { spec }] as const;
};
const READY = 'touch /tmp/ready; sleep 86400';
const NEVER = 'sleep 86400';

test('a renamed object with an alias is replaced: the new one is created first, and nothing else changes', async () => {
  const stack = await open(town('rename', { hours: notice('9'), web: deployment(READY) }));
  const { create = 0 } = await stack.up();
  const order: string[] = [];
  const renamed = town(
    'rename',
    { times: notice('9'), web: deployment(READY) },
    { aliases: { 'ConfigMap/rename/times': [{ name: 'hours' }] } },
  );
  const changes = await stack.up(renamed, ({ resOutputsEvent }) => {
    if (resOutputsEvent?.metadata.type === 'kubernetes:core/v1:ConfigMap') order.push(resOutputsEvent.metadata.op);
  });
  expect(changes).toEqual({ replace: 1, same: create - 1 });
  expect(order.indexOf('create-replacement')).toBeLessThan(order.indexOf('delete-replaced'));
  expect(await kubectl.get('configmap', 'hours', 'rename')).toBeUndefined();
  expect(await kubectl.get('configmap', 'times', 'rename')).toBeDefined();
  await stack.destroy();
});

test('a move in the tree changes no object', async () => {
  const objects: Objects = { hours: notice('9') };
  const stack = await open(town('moved', objects));
  const { create = 0 } = await stack.up();
  expect(await stack.up(town('moved', objects, {}, (app) => new Construct(app, 'inner')))).toEqual({ same: create });
  await stack.destroy();
});

test('the first failure is reported at once, while another resource still waits; the waits are bounded', async () => {
  const bad = ['v1', 'Service', { spec: { ports: [{ port: -1 }] } }] as const;
  const stack = await open(town('failing', { web: deployment(NEVER), bad }, { timeout: Duration.seconds(15) }));
  const events: string[] = [];
  const note = ({ resOpFailedEvent, diagnosticEvent }: EngineEvent) => {
    if (diagnosticEvent?.severity === 'error' && diagnosticEvent.urn !== undefined)
      events.push(`reported ${kindOf(diagnosticEvent.urn)}`);
    if (resOpFailedEvent !== undefined) events.push(`failed ${kindOf(resOpFailedEvent.metadata.urn)}`);
  };
  await expect(stack.up(undefined, note)).rejects.toThrow(/timed out waiting/i);
  expect(events.indexOf('reported Service')).toBeGreaterThanOrEqual(0);
  expect(events.indexOf('reported Service')).toBeLessThan(events.indexOf('failed Deployment'));
  await stack.destroy();
});

test('a rollout that fails is reported with the pod that is not ready, and the next up fixes it', async () => {
  const stack = await open(town('rollout', { web: deployment(NEVER) }, { timeout: Duration.seconds(15) }));
  await expect(stack.up()).rejects.toThrow(/Deployment\/rollout\/web[\s\S]*containers with unready status/);
  expect(Object.keys(await stack.up(town('rollout', { web: deployment(READY) }))).sort()).toEqual(['same', 'update']);
  await stack.destroy();
});

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
    const uid = async () => (await kubectl.get('deployment', 'web', 'kill-create'))?.metadata.uid;
    const before = await uid();
    await stack.up(town('kill-create', ready, { adopt: ['Deployment/kill-create/web'] }));
    expect(await uid()).toBe(before);
    const without = await stack.up(town('kill-create', ready));
    expect(Object.keys(without)).not.toContain('replace');
    expect(await uid()).toBe(before);
    expect(Object.keys(await stack.up(town('kill-create', ready)))).toEqual(['same']);
    await stack.destroy();
  });
});

describe('an object that others changed', () => {
  test('kubectl scale owns replicas: the conflict names the field, and adoption takes it over', async () => {
    const scaled = (replicas: number, command = READY) => {
      const [apiVersion, kind, { spec }] = deployment(command);
      return { web: [apiVersion, kind, { spec: { ...spec, replicas } }] as const };
    };
    const stack = await open(town('scaled', scaled(1)));
    await stack.up();
    await kubectl.run(['scale', 'deployment/web', '--replicas=2', '--namespace', 'scaled']);
    await expect(stack.up(town('scaled', scaled(3)))).rejects.toThrow(/conflict[\s\S]*\.spec\.replicas/i);
    await stack.up(town('scaled', scaled(3), { adopt: ['Deployment/scaled/web'] }));
    expect((await kubectl.get('deployment', 'web', 'scaled'))?.spec).toMatchObject({ replicas: 3 });
    await stack.destroy();
  });

  test('what kubectl apply made is taken over by adoption, and keeps its identity', async () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'hours', namespace: 'taken' },
      data: { text: '8' },
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'taken' } };
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace, map] });
    await kubectl.run(['apply', '-f', '-'], { input });
    const uid = async () => (await kubectl.get('configmap', 'hours', 'taken'))?.metadata.uid;
    const before = await uid();
    const stack = await open(
      town('taken', { hours: notice('9') }, { adopt: ['Namespace/taken', 'ConfigMap/taken/hours'] }),
    );
    await stack.up();
    expect(await uid()).toBe(before);
    expect((await kubectl.get('configmap', 'hours', 'taken'))?.data).toEqual({ text: '9' });
    await stack.destroy();
  });
});

test('a namespace with a protected object is not destroyed', async () => {
  const claim = [
    'v1',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } } },
  ] as const;
  const stack = await open(town('kept', { disk: claim }, { protectData: true }));
  await stack.up();
  await expect(stack.destroy()).rejects.toThrow(/protect/);
  expect(await kubectl.get('persistentvolumeclaim', 'disk', 'kept')).toBeDefined();
});

test('another passphrase is rejected, and changes nothing', async () => {
  const stack = await open(town('locked', { hours: notice('9') }));
  await stack.up();
  const other = InlineStack.open(town('locked', {}), {
    kubeconfig: cluster.kubeconfig,
    folder: stack.folder,
    passphrase: 'another',
  });
  await expect(other.then((opened) => opened.up())).rejects.toThrow(/passphrase/);
  expect(await kubectl.get('configmap', 'hours', 'locked')).toBeDefined();
  await stack.destroy();
});

test('two deploys in one program, with a prefix, are two sets of resources', async () => {
  const [one, two] = [
    town('north', { hours: notice('9') }),
    town('south', { hours: notice('9') }, { prefix: 'south' }),
  ];
  const stack = await open(async () => {
    await one();
    await two();
  });
  await stack.up();
  expect(await stack.objects()).toEqual([
    'ConfigMap/north/hours',
    'Namespace/north',
    'south/ConfigMap/south/hours',
    'south/Namespace/south',
  ]);
  await stack.destroy();
});

/** Kills the engine while it waits for an operation on a kind. */
async function killWhen(stack: InlineStack, program: () => Promise<void>, op: string, kind: string): Promise<void> {
  let killed = false;
  const note = ({ resourcePreEvent }: EngineEvent) => {
    if (killed || resourcePreEvent?.metadata.op !== op || kindOf(resourcePreEvent.metadata.urn) !== kind) return;
    killed = true;
    void killEngine(stack.folder);
  };
  await expect(stack.up(program, note)).rejects.toThrow();
  expect(killed).toBe(true);
}

/** Ends the CLI that this process started on a folder, as the kernel does when memory is short. */
async function killEngine(folder: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const of = (file: string) => readFile(join('/proc', pid, file), 'utf8').catch(() => '');
    const [command, environment, status] = [await of('cmdline'), await of('environ'), await of('status')];
    if (!/bin\/pulumi\0up|^pulumi\0up/.test(command) || !environment.includes(`PULUMI_BACKEND_URL=file://${folder}`))
      continue;
    if (status.includes(`PPid:\t${process.pid}\n`)) process.kill(Number(pid), 'SIGKILL');
  }
}

const kindOf = (urn: string) => urn.split('::').at(-1)?.split('/')[0];
