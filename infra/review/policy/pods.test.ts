import { describe, expect, test } from '@jest/globals';
import { containersOf, podOf, replicasOf } from './pods.ts';
import { noPrivilegedContainer } from './rules/pods/no-privileged-container.ts';
import { sample, workload } from './samples.ts';

const privileged = { name: 'bad', image: 'a:1', securityContext: { privileged: true } };
const good = { name: 'good', image: 'a:1' };
const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod'];
const lists = ['initContainers', 'containers', 'ephemeralContainers'];

describe.each(kinds)("a %s's pod", (kind) => {
  test.each(lists)('is checked with its %s, and the finding names the path of the container', (list) => {
    const spec = { containers: [good], [list]: [privileged] };
    const object = kind === 'Pod' ? sample('v1', kind, 'users', { spec }) : workload(spec, { kind });
    const at = { CronJob: 'spec.jobTemplate.spec.template.spec', Pod: 'spec' }[kind] ?? 'spec.template.spec';
    expect(noPrivilegedContainer.check(object, { objects: [object] }).map(({ field }) => field)).toEqual([
      `${at}.${list}.bad.securityContext.privileged`,
    ]);
  });
});

test('init containers come first', () => {
  const pod = podOf(workload({ initContainers: [privileged], containers: [good] }));
  expect(pod && containersOf(pod).map(({ container }) => container.name)).toEqual(['bad', 'good']);
});

test.each([
  ['another kind', sample('v1', 'ConfigMap', 'users', { spec: { template: { spec: { containers: [] } } } })],
  ['a template that an operator fills in', sample('apps/v1', 'Deployment', 'users', { spec: { template: {} } })],
])('%s makes no pod that can be judged', (_, object) => {
  expect(podOf(object)).toBeUndefined();
});

describe('replicas', () => {
  const scaler = (name: string, spec: object) =>
    sample('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 9, ...spec },
    });
  test.each([
    ['those of the object', workload({}, { replicas: 3 }), [], 3],
    ['one if the object has none', workload({}, { fields: { replicas: undefined } }), [], 1],
    ['the minimum of its autoscaler', workload({}, { replicas: 3 }), [scaler('users', { minReplicas: 2 })], 2],
    ['one for an autoscaler without a minimum', workload({}, { replicas: 3 }), [scaler('users', {})], 1],
    ['not those of another autoscaler', workload({}, { replicas: 3 }), [scaler('orders', { minReplicas: 2 })], 3],
  ])('are %s', (_, object, others, expected) => {
    expect(replicasOf(object, { objects: [object, ...others] })).toBe(expected);
  });
});
