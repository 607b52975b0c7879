import { describe, expect, test } from '@jest/globals';
import type { LiveObject } from './kubectl.ts';
import { runsNewest, stuckContainer, workloadState } from './rollout.ts';

const deployment = (status: object, generation = 2, replicas: number | undefined = 2): LiveObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'users', generation },
  spec: { replicas },
  status: { ...status },
});
const done = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

describe('a Deployment', () => {
  test('is ready when all replicas are updated and available', () => {
    expect(workloadState(deployment(done))).toMatchObject({
      id: 'Deployment/users',
      phase: 'ready',
      ready: 2,
      wanted: 2,
    });
  });
  test('is not ready until the controller has observed the newest spec', () => {
    expect(workloadState(deployment({ ...done, observedGeneration: 1 }))).toMatchObject({
      phase: 'progressing',
      ready: 0,
    });
  });
  test('is not ready while an old pod exists', () => {
    expect(workloadState(deployment({ ...done, replicas: 3 }))?.phase).toBe('progressing');
  });
  test('has failed after its progress deadline', () => {
    const conditions = [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: 'ReplicaSet "users-1" has timed out progressing.',
      },
    ];
    expect(workloadState(deployment({ ...done, updatedReplicas: 1, conditions }))).toMatchObject({
      phase: 'failed',
      reason: /timed out/,
    });
  });
});

describe('a StatefulSet', () => {
  const set = (status: object): LiveObject => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'postgres', generation: 1 },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, ...status },
  });
  test('is ready when its pods run the newest revision', () => {
    expect(workloadState(set({ readyReplicas: 1, currentRevision: 'b', updateRevision: 'b' }))?.phase).toBe('ready');
  });
  test('is not ready while an old revision serves', () => {
    expect(
      workloadState(set({ readyReplicas: 1, updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' }))?.phase,
    ).toBe('progressing');
  });
});

describe('a Job', () => {
  const job = (...conditions: object[]): LiveObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'provision' },
    status: { conditions },
  });
  test('is ready when complete', () =>
    expect(workloadState(job({ type: 'Complete', status: 'True' }))?.phase).toBe('ready'));
  test('fails with its reason', () => {
    expect(workloadState(job({ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }))).toMatchObject({
      phase: 'failed',
      reason: 'BackoffLimitExceeded',
    });
  });
  test('is progressing before it has a status', () => expect(workloadState(job())?.phase).toBe('progressing'));
});

test('kinds without a rollout have no state', () => {
  expect(workloadState({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'users' } })).toBeUndefined();
});

describe('a container', () => {
  const pod = (container: object): LiveObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'users-1' },
    status: { containerStatuses: [{ name: 'users', restartCount: 0, ...container }] },
  });
  test('whose image can’t be pulled is stuck at once', () => {
    expect(stuckContainer(pod({ state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }))).toEqual({
      pod: 'users-1',
      container: 'users',
      reason: 'ErrImagePull, not found',
    });
  });
  test('that crashed twice is not stuck, since its database may start later', () => {
    expect(
      stuckContainer(pod({ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } })),
    ).toBeUndefined();
  });
  test('that crashes repeatedly is stuck, with its exit code', () => {
    const state = {
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3 } },
    };
    expect(stuckContainer(pod(state))?.reason).toBe('CrashLoopBackOff, 4 restarts, last exit code 3');
  });
  test('that is an init container counts too', () => {
    const status = {
      initContainerStatuses: [{ name: 'migrate', restartCount: 5, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    };
    expect(stuckContainer({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'users-1' }, status })?.container).toBe(
      'migrate',
    );
  });
});

describe('a stuck pod', () => {
  const owned = (kind: string, uid: string, owner: string, revision?: string): LiveObject => ({
    apiVersion: 'v1',
    kind,
    metadata: {
      name: uid,
      uid,
      ownerReferences: [{ kind: '', name: owner, uid: owner }],
      ...(revision === undefined ? {} : { annotations: { 'deployment.kubernetes.io/revision': revision } }),
    },
  });
  const live = (observedGeneration: number): LiveObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'users', uid: 'users', generation: 3, annotations: { 'deployment.kubernetes.io/revision': '3' } },
    status: { observedGeneration },
  });
  const sets = [owned('ReplicaSet', 'broken', 'users', '2'), owned('ReplicaSet', 'fixed', 'users', '3')];

  test('fails the rollout of the version that it runs', () => {
    expect(runsNewest(live(3), owned('Pod', 'pod', 'fixed'), sets)).toBe(true);
  });
  test('does not fail the version that replaces it', () => {
    expect(runsNewest(live(3), owned('Pod', 'pod', 'broken'), sets)).toBe(false);
    const leaving = owned('Pod', 'pod', 'fixed');
    expect(
      runsNewest(
        live(3),
        { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
        sets,
      ),
    ).toBe(false);
  });
  test('is ignored until the controller has observed the newest version', () => {
    expect(runsNewest(live(2), owned('Pod', 'pod', 'fixed'), sets)).toBe(false);
  });
  test('fails a StatefulSet and a Job that own it', () => {
    const job: LiveObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', uid: 'job' } };
    expect(runsNewest(job, owned('Pod', 'pod', 'job'), [])).toBe(true);
    expect(runsNewest(job, owned('Pod', 'pod', 'other'), [])).toBe(false);
  });
});
