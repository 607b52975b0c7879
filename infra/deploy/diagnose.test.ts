import { expect, test } from '@jest/globals';
import { diagnose } from './diagnose.ts';
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

/** A kubectl that knows these objects, and answers `logs` with what it was asked for. */
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
  expect(text).toContain('event  Pod/users-1-a: BackOff: restarting failed container');
  expect(text).toMatch(/logs users-1-a .*--container migrate .*--previous/);
});

test('leaves out what is normal, and what happened to others', async () => {
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

test('says something of a workload that has no pods at all', async () => {
  expect(await tell()).toBe('Deployment/users in shop-dev: not ready');
});
