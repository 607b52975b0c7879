import { Duration } from '@groundwork/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EngineEvent } from '@pulumi/pulumi/automation/index.js';
import { Construct } from 'constructs';
import type { Cluster } from '../infra/deploy/cluster/index.ts';
import { Kubectl } from '../infra/deploy/kubectl.ts';
import { InlineStack } from './support/pulumi.ts';
import { separateCluster } from './support/separate-cluster.ts';
import { deployment, kindOf, NEVER, notice, type Objects, READY, town } from './support/town.ts';

/** Renames, moves, failures and shared ownership of any cdk8s app on the real engine. */
const separate = await separateCluster();
let cluster: Cluster;
let kubectl: Kubectl;
beforeAll(async () => {
  cluster = await separate.up();
  kubectl = new Kubectl(cluster);
}, 30 * 60_000); // may include the builds of Kubernetes and Pulumi
afterAll(() => separate.down());

const open = (program: () => Promise<void>) => InlineStack.open(program, { kubeconfig: cluster.kubeconfig });

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
