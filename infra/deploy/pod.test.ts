import { expect, test } from '@jest/globals';
import { type PodStatus, podWait } from './pod.ts';

const at = (second: number): string => `2026-01-01T00:00:${`${second}`.padStart(2, '0')}Z`;
const scheduled = { type: 'PodScheduled', status: 'True' };
const sandbox = { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: at(3) };
const wait = (status: PodStatus, spec: Record<string, unknown> = {}) =>
  podWait({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'users-1', creationTimestamp: at(1) },
    spec,
    status: { ...status },
  });
const creating = { name: 'users', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } };
const migrated = { name: 'migrate', restartCount: 0, state: { terminated: { exitCode: 0, finishedAt: at(8) } } };

test.each<[string, PodStatus, string | undefined, string | undefined]>([
  [
    'that fits on no node',
    { conditions: [{ type: 'PodScheduled', status: 'False', message: 'Insufficient memory' }] },
    'unschedulable: Insufficient memory',
    at(1),
  ],
  [
    'whose volumes are not mounted',
    { conditions: [scheduled], containerStatuses: [creating] },
    'mounting volumes',
    at(1),
  ],
  [
    'whose image is not pulled',
    { conditions: [scheduled, sandbox], containerStatuses: [creating] },
    'pulling image',
    at(3),
  ],
  [
    'whose image is not pulled after its init containers',
    { conditions: [scheduled, sandbox], initContainerStatuses: [migrated], containerStatuses: [creating] },
    'pulling image',
    at(8),
  ],
  [
    'with a running init container',
    {
      conditions: [scheduled, sandbox],
      initContainerStatuses: [
        { name: 'migrate', restartCount: 0, started: true, state: { running: { startedAt: at(4) } } },
      ],
      containerStatuses: [creating],
    },
    "waiting for init container 'migrate'",
    at(4),
  ],
  [
    'with a failing init container',
    {
      conditions: [scheduled, sandbox],
      initContainerStatuses: [
        {
          name: 'migrate',
          restartCount: 2,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: at(6) } },
        },
      ],
    },
    "init container 'migrate': CrashLoopBackOff",
    at(6),
  ],
  [
    'that is running',
    {
      conditions: [scheduled, sandbox],
      containerStatuses: [{ name: 'users', ready: false, restartCount: 0, state: { running: { startedAt: at(9) } } }],
    },
    'not ready',
    at(9),
  ],
  [
    'that has terminated',
    {
      conditions: [scheduled, sandbox],
      containerStatuses: [
        { name: 'users', ready: false, restartCount: 0, state: { terminated: { exitCode: 3, finishedAt: at(9) } } },
      ],
    },
    "container 'users' ended with exit code 3",
    at(9),
  ],
  [
    'whose readiness gate is false',
    {
      conditions: [scheduled, { type: 'Ready', status: 'False', lastTransitionTime: at(5) }],
      containerStatuses: [{ name: 'users', ready: true, restartCount: 0 }],
    },
    'not ready',
    at(5),
  ],
  ['without conditions', {}, 'not ready', at(1)],
  ['that is ready', { conditions: [{ type: 'Ready', status: 'True' }] }, undefined, undefined],
  [
    'of a completed Job',
    { phase: 'Succeeded', conditions: [{ type: 'Ready', status: 'False' }] },
    undefined,
    undefined,
  ],
])('a pod %s', (_, status, reason, since) => {
  expect(wait(status)).toEqual(reason === undefined ? undefined : { reason, since });
});

test('a started sidecar is no longer waited for, although it never terminates', () => {
  const status = (started: boolean): PodStatus => ({
    conditions: [scheduled, sandbox],
    initContainerStatuses: [{ name: 'proxy', restartCount: 0, started, state: { running: { startedAt: at(4) } } }],
    containerStatuses: [creating],
  });
  const spec = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };
  expect(wait(status(false), spec)?.reason).toBe("waiting for init container 'proxy'");
  expect(wait(status(true), spec)?.reason).toBe('pulling image');
});
