import { expect, test } from '@jest/globals';
import type { LiveObject } from './kubectl.ts';
import { workloadState } from './rollout.ts';
import { waitingLine } from './waiting.ts';

const at = (second: number): string => `2026-01-01T00:00:${`${second}`.padStart(2, '0')}Z`;
const now = new Date(at(30));
const object = (kind: string, name: string, rest: Partial<LiveObject> = {}): LiveObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `${kind}/${name}`, creationTimestamp: at(0) },
  ...rest,
});
const set = (name: string, ready = 0): LiveObject =>
  object('StatefulSet', name, {
    spec: { replicas: 1 },
    status: { readyReplicas: ready, updatedReplicas: 1 },
  });
const pod = (owner: string, status: Record<string, unknown>, spec: Record<string, unknown> = {}): LiveObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${owner}-0`,
    creationTimestamp: at(10),
    ownerReferences: [{ kind: 'StatefulSet', name: owner, uid: `StatefulSet/${owner}` }],
  },
  spec,
  status,
});
const container = (name: string, state: object) => ({ name, ready: false, restartCount: 0, state });
const sandbox = { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at(18) };
const pulling = {
  conditions: [sandbox],
  containerStatuses: [container('c', { waiting: { reason: 'ContainerCreating' } })],
};
const running = (second: number) => ({ containerStatuses: [container('c', { running: { startedAt: at(second) } })] });
const line = (...objects: LiveObject[]): string =>
  waitingLine(
    objects.flatMap((one) => workloadState(one) ?? []),
    objects,
    now,
  );

test('the line has how many are ready, and why the slowest is not', () => {
  expect(line(set('postgres', 1), set('consul', 1), set('kafka'), pod('kafka', pulling))).toBe(
    '2 of 3 ready; waiting for kafka 0/1: pulling image, 12 s',
  );
});

test('it names at most two: those that have been in their state longest', () => {
  const many = ['a', 'b', 'c', 'd'].map((name) => set(name));
  const pods = [pod('a', running(29)), pod('b', running(20)), pod('c', running(11)), pod('d', running(25))];
  expect(line(...many, ...pods)).toBe('0 of 4 ready; waiting for c 0/1: not ready, 19 s; b 0/1: not ready, 10 s');
});

test('a certificate is pending, and so is a pod that mounts it', () => {
  const certificate = object('Certificate', 'kafka-identity', { spec: { secretName: 'kafka-identity' } });
  const volumes = [{ name: 'identity', secret: { secretName: 'kafka-identity' } }];
  expect(line(certificate, set('kafka'), pod('kafka', {}, { volumes }))).toMatch(
    /waiting for certificate kafka-identity: pending, 30 s; kafka 0\/1/,
  );
  const mounting = { containerStatuses: [container('c', { waiting: { reason: 'ContainerCreating' } })] };
  expect(line(certificate, set('kafka'), pod('kafka', mounting, { volumes }))).toContain(
    "kafka 0/1: certificate 'kafka-identity' is pending, 20 s",
  );
});

test('a workload without pods is shown with why none can be created', () => {
  const conditions = [
    { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota', lastTransitionTime: at(28) },
  ];
  const deployment = (status: Record<string, unknown>): LiveObject =>
    object('Deployment', 'users', { spec: { replicas: 2 }, status });
  expect(line(deployment({ conditions }))).toBe('0 of 1 ready; waiting for users 0/2: exceeded quota, 2 s');
  expect(line(deployment({}))).toBe('0 of 1 ready; waiting for users 0/2: 0 of 2 updated, 0 available');
});

test('a workload without a time is last, and a long reason is truncated', () => {
  const message = `0/1 nodes are available: ${'1 Insufficient memory. '.repeat(20)}`;
  const unschedulable = { conditions: [{ type: 'PodScheduled', status: 'False', message }] };
  const text = line(object('Job', 'provision'), set('kafka'), pod('kafka', unschedulable));
  expect(text).toMatch(/kafka 0\/1: unschedulable: 0\/1 nodes .*…, 20 s; job provision: not complete yet$/);
  expect(text.length).toBeLessThan(250);
});

test('a cluster whose clock is ahead gives no negative duration', () => {
  expect(line(set('kafka'), pod('kafka', running(59)))).toContain('not ready, 0 s');
});
