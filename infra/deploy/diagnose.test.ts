import { describe, expect, test } from '@jest/globals';
import { diagnose, diagnoseAnswer } from './diagnose.ts';
import type { Kubectl, LiveObject } from './kubectl.ts';
import { workloadState } from './rollout.ts';

const owned = (kind: string, name: string, by: string, rest: object = {}): LiveObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: name, ownerReferences: [{ kind: 'x', name: by, uid: by }] },
  ...rest,
});
const deployment: LiveObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'users', uid: 'users' } };
const failing = {
  conditions: [{ type: 'PodScheduled', status: 'True' }],
  initContainerStatuses: [
    { name: 'migrate', ready: false, restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } },
  ],
};
const event = (name: string, type: string, message: string): LiveObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: message },
    type,
    reason: 'BackOff',
    message,
    involvedObject: { kind: 'Pod', name },
  }) as LiveObject;

/** A kubectl that has these objects, and answers `logs` with its arguments. */
const kubectl = (...objects: LiveObject[]): Kubectl =>
  ({ list: async () => objects, run: async (args: string[]) => args.join(' ') }) as unknown as Kubectl;
const tell = (...objects: LiveObject[]): Promise<string> =>
  diagnose(kubectl(...objects), 'shop-dev', workloadState(deployment) as never, 'not ready');

test('names the workload, its pods’ warnings, and the log of the container that failed', async () => {
  const text = await tell(
    owned('ReplicaSet', 'users-1', 'users'),
    owned('Pod', 'users-1-a', 'users-1', { status: failing }),
    event('users-1-a', 'Warning', 'restarting failed container'),
  );
  expect(text).toContain('Deployment/users in shop-dev: not ready');
  expect(text).toContain("pod    users-1-a: init container 'migrate': CrashLoopBackOff, 2 restarts");
  expect(text).toContain('event  Pod/users-1-a: BackOff: restarting failed container');
  expect(text).toMatch(/logs users-1-a .*--container migrate .*--previous/);
});

test('leaves out normal events, and those of other objects', async () => {
  const text = await tell(
    owned('ReplicaSet', 'users-1', 'users'),
    owned('Pod', 'users-1-a', 'users-1', {
      status: failing,
      metadata: { ...owned('Pod', 'users-1-a', 'users-1').metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    }),
    event('users-1-a', 'Normal', 'pulled'),
    event('catalog-1-a', 'Warning', 'unhealthy'),
    event('users', 'Warning', 'of a pod that has the name of the workload'),
    owned('Pod', 'users-0-a', 'users-1', {
      metadata: { ...owned('Pod', 'users-0-a', 'users-1').metadata, creationTimestamp: '' },
    }),
    event('users-0-a', 'Warning', 'of a pod that serves'),
  );
  expect(text).not.toMatch(/pulled|unhealthy|of a pod/);
});

test('reports a workload that has no pods', async () => {
  expect(await tell()).toBe('Deployment/users in shop-dev: not ready');
});

test('shows the last lines of a failed container’s log when none has a level', async () => {
  const log = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
  const objects = [owned('Pod', 'users-1-a', 'users', { status: failing })];
  const quiet = { list: async () => objects, run: async () => log } as unknown as Kubectl;
  const lines = (await diagnose(quiet, 'shop-dev', workloadState(deployment) as never, 'not ready')).split('\n');
  expect(lines.slice(-15)).toEqual(Array.from({ length: 15 }, (_, index) => `    line ${index + 15}`));
});

describe('for running workloads', () => {
  const status = (restartCount = 0) => ({
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      { name: 'app', ready: true, restartCount, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
    ],
  });
  const log = [
    { level: 'info', message: 'started' },
    { level: 'error', message: 'permission denied for table products' },
    { level: 'info', message: 'request' },
  ].map((line) => JSON.stringify(line));
  const objects = [
    { ...deployment, spec: { replicas: 2 }, status: { replicas: 2, updatedReplicas: 2, availableReplicas: 2 } },
    owned('ReplicaSet', 'users-1', 'users'),
    owned('Pod', 'users-1-a', 'users-1', { status: status(1) }),
    owned('Pod', 'users-1-b', 'users-1', { status: status() }),
    event('users-1-b', 'Warning', 'readiness probe failed'),
    owned('Pod', 'catalog-1-a', 'catalog-1', { status: status() }),
  ];
  const answering = (text: string): Kubectl =>
    ({ list: async () => objects, run: async () => text }) as unknown as Kubectl;

  test('shows each pod’s state, warnings, and the errors in the logs', async () => {
    expect((await diagnoseAnswer(answering(log.join('\n')), 'shop-dev', ['users'])).split('\n')).toEqual([
      'Deployment/users in shop-dev: 2 of 2 ready',
      '  pod    users-1-a: ready, 1 restart, the last after exit code 137 (OOMKilled)',
      '  pod    users-1-b: ready',
      '  event  Pod/users-1-b: BackOff: readiness probe failed',
      '  last errors and warnings in the log of users-1-a, container app:',
      `    ${log[1]}`,
      '  last errors and warnings in the log of users-1-b, container app:',
      `    ${log[1]}`,
    ]);
  });

  test('reports a log without errors, and a missing workload', async () => {
    const text = await diagnoseAnswer(answering(log[0] ?? ''), 'shop-dev', ['users', 'orders']);
    expect(text).toContain('no errors or warnings in the last 500 log lines of users-1-a, container app');
    expect(text).toContain("there is no workload 'orders' in shop-dev");
    expect(text).not.toContain('catalog');
  });

  test('a very long line is truncated', async () => {
    const text = await diagnoseAnswer(answering('x'.repeat(5000)), 'shop-dev', ['users']);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(1010);
  });
});
