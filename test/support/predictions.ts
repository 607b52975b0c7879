import type { Manifest } from '@groundwork/constructs';
import { compareSnapshots } from '../../infra/review/preview/findings.ts';
import type { Outcome } from './observed-changes.ts';

/** The preview's prediction for one object. */
export function predicted(before: Manifest, after: Manifest | undefined): Outcome {
  // An unchanged object, so that the preview does not report the removal of a whole environment.
  const other: Manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'stays', namespace: before.metadata.namespace as string },
  };
  const snapshot = (...manifests: readonly (Manifest | undefined)[]) => ({
    version: '',
    environments: {
      dev: [other, ...manifests].flatMap((manifest) =>
        manifest === undefined ? [] : [{ chart: '', path: '', why: '', manifest }],
      ),
    },
  });
  const { environments, findings } = compareSnapshots(snapshot(before), snapshot(after));
  const action = environments[0]?.changes[0]?.action;
  if (action === 'delete') return 'deleted';
  if (action === 'replace' || findings.some(({ rule, what }) => rule === 'data' && what.endsWith('is rejected')))
    return 'refused';
  return action === 'roll' ? 'rolls' : 'in place';
}

const metadata = { name: 'thing', namespace: 'preview-observed' };
const labels = { app: 'thing' };
const pod = (image = 'thing.invalid/thing:1', more: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'thing', image }], ...more },
});
const apps = (kind: string, spec: object): Manifest => ({
  apiVersion: 'apps/v1',
  kind,
  metadata,
  spec: { selector: { matchLabels: labels }, template: pod(), ...spec },
});
const deployment = (spec: object = {}): Manifest => apps('Deployment', { replicas: 1, ...spec });
const stateful = (spec: object = {}): Manifest =>
  apps('StatefulSet', {
    serviceName: 'thing',
    replicas: 1,
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
    ...spec,
  });
const batch = (kind: string, spec: object): Manifest => ({ apiVersion: 'batch/v1', kind, metadata, spec });
const job = (image: string, spec: object = {}): Manifest =>
  batch('Job', { template: pod(image, { restartPolicy: 'Never' }), ...spec });
const schedule = (image: string, when: string): Manifest =>
  batch('CronJob', { schedule: when, suspend: true, jobTemplate: { spec: job(image).spec as object } });
const core = (kind: string, rest: object): Manifest => ({ apiVersion: 'v1', kind, metadata, ...rest }) as Manifest;
const service = (spec: object): Manifest =>
  core('Service', { spec: { selector: labels, ports: [{ port: 80 }], ...spec } });
const claim = (spec: object): Manifest =>
  core('PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
  });
const rights = (kind: string, rest: object): Manifest =>
  ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata, ...rest }) as Manifest;
const binding = (role: string, account: string): Manifest =>
  rights('RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'preview-observed' }],
  });
const config = (value: string, rest: object = {}): Manifest => core('ConfigMap', { data: { value }, ...rest });
const secret = (value: string, rest: object = {}): Manifest => core('Secret', { stringData: { value }, ...rest });
const budget = (maxUnavailable: number | string): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata,
  spec: { maxUnavailable, selector: { matchLabels: labels } },
});
const other = 'thing.invalid/thing:2';

interface Case {
  readonly name: string;
  readonly before: Manifest;
  readonly after: Manifest | undefined;
}

/** One changed field of one kind each, for rules that the shop's objects do not exercise. */
export const plainCases: readonly Case[] = [
  { name: 'another image', before: deployment(), after: deployment({ template: pod(other) }) },
  { name: 'more pods', before: deployment(), after: deployment({ replicas: 2 }) },
  {
    name: 'a label of the selector',
    before: deployment(),
    after: deployment({
      selector: { matchLabels: { app: 'thing', tier: 'web' } },
      template: { ...pod(), metadata: { labels: { ...labels, tier: 'web' } } },
    }),
  },
  { name: 'another image', before: apps('DaemonSet', {}), after: apps('DaemonSet', { template: pod(other) }) },
  { name: 'another image', before: stateful(), after: stateful({ template: pod(other) }) },
  { name: 'a pause between pods', before: stateful(), after: stateful({ minReadySeconds: 5 }) },
  { name: 'another name of its Service', before: stateful(), after: stateful({ serviceName: 'other' }) },
  {
    name: 'claims that go with it',
    before: stateful(),
    after: stateful({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } }),
  },
  { name: 'nothing left', before: stateful(), after: undefined },
  { name: 'another image', before: job('thing.invalid/thing:1'), after: job(other) },
  { name: 'a deadline', before: job(other), after: job(other, { activeDeadlineSeconds: 60 }) },
  { name: 'more tries', before: job(other), after: job(other, { backoffLimit: 9 }) },
  { name: 'completions', before: job(other), after: job(other, { completions: 2 }) },
  { name: 'another time', before: schedule(other, '1 1 1 1 1'), after: schedule(other, '2 1 1 1 1') },
  {
    name: 'another image',
    before: schedule(other, '1 1 1 1 1'),
    after: schedule('thing.invalid/thing:3', '1 1 1 1 1'),
  },
  { name: 'no address any more', before: service({}), after: service({ clusterIP: 'None' }) },
  { name: 'another port', before: service({}), after: service({ ports: [{ port: 81 }] }) },
  { name: 'another selector', before: service({}), after: service({ selector: { app: 'other' } }) },
  { name: 'another class', before: claim({ storageClassName: 'one' }), after: claim({ storageClassName: 'two' }) },
  {
    name: 'less room',
    before: claim({ storageClassName: 'one' }),
    after: claim({ storageClassName: 'one', resources: { requests: { storage: '1Gi' } } }),
  },
  {
    name: 'other modes',
    before: claim({ storageClassName: 'one' }),
    after: claim({ storageClassName: 'one', accessModes: ['ReadWriteMany'] }),
  },
  { name: 'another role', before: binding('one', 'a'), after: binding('two', 'a') },
  { name: 'another subject', before: binding('one', 'a'), after: binding('one', 'b') },
  { name: 'another value', before: config('1'), after: config('2') },
  {
    name: 'another value of what is immutable',
    before: config('1', { immutable: true }),
    after: config('2', { immutable: true }),
  },
  { name: 'no longer immutable', before: config('1', { immutable: true }), after: config('1') },
  { name: 'another value', before: secret('1'), after: secret('2') },
  { name: 'another type', before: secret('1', { type: 'one/one' }), after: secret('1', { type: 'two/two' }) },
  { name: 'another budget', before: budget(1), after: budget('50%') },
];
