import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { compareSnapshots } from '../findings.ts';
import type { Snapshot } from '../snapshot.ts';

const namespace = 'shop-test';
type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, name: string, rest: Fields): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
});
const labels = (name: string) => ({ 'app.kubernetes.io/name': name });
const container = (more: Fields = {}) => ({ name: 'c', image: 'a:1@sha256:a', ...more });
const workload = (kind: string, spec: Fields = {}, inside: Fields = {}, name = 'users'): Manifest =>
  object('apps/v1', kind, name, {
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: 3 }),
      selector: { matchLabels: labels(name) },
      template: { metadata: { labels: labels(name) }, spec: { containers: [container(inside)] } },
      ...spec,
    },
  });
const deployment = (spec: Fields = {}, inside: Fields = {}) => workload('Deployment', spec, inside);
const stateful = (spec: Fields = {}, inside: Fields = {}) => workload('StatefulSet', spec, inside);
const requests = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory }, limits: { memory } } });
const scaler = (minReplicas: number, maxReplicas: number, averageUtilization: number): Manifest =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'users', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'users' },
      minReplicas,
      maxReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }],
    },
  });
const budget = (maxUnavailable: number | string): Manifest =>
  object('policy/v1', 'PodDisruptionBudget', 'users', {
    spec: { maxUnavailable, selector: { matchLabels: labels('users') } },
  });
const quota = (hard: Fields): Manifest => object('v1', 'ResourceQuota', 'shop', { spec: { hard } });
const service = (spec: Fields): Manifest =>
  object('v1', 'Service', 'users', { spec: { ports: [{ port: 80 }], ...spec } });
const ingress = (host: string): Manifest =>
  object('networking.k8s.io/v1', 'Ingress', 'edge', { spec: { rules: [{ host }] } });
const claim = (storage: string, storageClassName = 'ssd'): Manifest =>
  object('v1', 'PersistentVolumeClaim', 'backup', { spec: { storageClassName, resources: { requests: { storage } } } });
const cluster = (spec: Fields): Manifest =>
  object('postgresql.cnpg.io/v1', 'Cluster', 'postgres', { spec: { instances: 3, ...spec } });
const brokers = (spec: Fields): Manifest =>
  object('kafka.strimzi.io/v1', 'KafkaNodePool', 'broker', { spec: { replicas: 3, ...spec } });
const kafka = (config: Fields): Manifest =>
  object('kafka.strimzi.io/v1', 'Kafka', 'kafka', { spec: { kafka: { config } } });
const topic = (spec: Fields): Manifest =>
  object('kafka.strimzi.io/v1', 'KafkaTopic', 'registered', { spec: { partitions: 3, replicas: 3, ...spec } });
const kafkaUser = (...operations: string[]): Manifest =>
  object('kafka.strimzi.io/v1', 'KafkaUser', 'users', {
    spec: { authorization: { acls: [{ resource: { type: 'topic', name: 'registered' }, operations }] } },
  });
const store = (retentionPolicy: string): Manifest =>
  object('barmancloud.cnpg.io/v1', 'ObjectStore', 'backup', { spec: { retentionPolicy } });
const rbac = (kind: string, rest: Fields): Manifest => object('rbac.authorization.k8s.io/v1', kind, 'prometheus', rest);
const rights = (kind: string, resources: readonly string[]) =>
  rbac(kind, { rules: [{ apiGroups: [''], resources, verbs: ['get'] }] });
const binding = (name: string): Manifest =>
  rbac('ClusterRoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace }],
  });
const rules = (expr: string, wait = '5m', severity = 'page', name = 'MemoryNearLimit'): Manifest =>
  object('v1', 'ConfigMap', 'rules', {
    data: { 'pods.yaml': stringify({ groups: [{ rules: [{ alert: name, expr, for: wait, labels: { severity } }] }] }) },
  });
const network = (name: string, spec: Fields): Manifest =>
  object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec });
const to = (...peers: object[]) => ({ to: peers, ports: [{ protocol: 'TCP', port: 443 }] });
const from = (port: number, name: string) => ({
  from: [{ podSelector: { matchLabels: labels(name) } }],
  ports: [{ protocol: 'TCP', port }],
});
const outOf = (name: string, port: number, peer: string) =>
  network(`${name}-out`, {
    podSelector: { matchLabels: labels(name) },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: labels(peer) } }], ports: [{ port }] }],
  });
const caller = workload('Deployment', {}, {}, 'gateway');
const denied = (...policyTypes: string[]) => network('deny', { podSelector: {}, policyTypes });
const dns = (podSelector?: object) =>
  network('dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            ...(podSelector && { podSelector }),
          },
        ],
        ports: [{ port: 53 }],
      },
    ],
  });
const certificate = (spec: Fields): Manifest =>
  object('cert-manager.io/v1', 'Certificate', 'users', { spec: { secretName: 'users', ...spec } });
const job = (name: string, backoffLimit: number): Manifest =>
  object('batch/v1', 'Job', name, { spec: { backoffLimit } });
const stays = object('v1', 'ConfigMap', 'stays', {});

/** Findings of a change of an environment's objects, except those of the policy, which the samples don't follow. */
function between(before: readonly Manifest[], after: readonly Manifest[], why = 'prop'): string[] {
  const snapshot = (manifests: readonly Manifest[], cause: string): Snapshot => ({
    version: 'x',
    environments: {
      test: [stays, ...manifests].map((manifest) => ({
        chart: 'c',
        path: manifest.metadata.name,
        why: cause,
        manifest,
      })),
    },
  });
  return compareSnapshots(snapshot(before, 'prop'), snapshot(after, why))
    .findings.filter(({ rule }) => rule !== 'policy')
    .map(({ severity, rule, subject, what, note }) =>
      [`${severity} ${rule} ${subject}: ${what}`, ...(note === undefined ? [] : [note])].join(' | '),
    );
}

const ROLLS =
  'info rollouts Deployment/users: pods are replaced, one at a time, without downtime | 3 pods, no PodDisruptionBudget';

type Row = readonly [string, readonly Manifest[], readonly Manifest[], readonly string[]];

describe('a change of pods, their budgets and autoscalers reports', () => {
  test.each<Row>([
    ['more CPU', [deployment({}, requests('1', '1Gi'))], [deployment({}, requests('2', '1Gi'))], [ROLLS]],
    [
      'less memory',
      [deployment({}, requests('1', '1Gi'))],
      [deployment({}, requests('1', '512Mi'))],
      [
        'warning capacity Deployment/users: each pod is killed at a lower memory usage',
        'warning capacity Deployment/users: each pod is guaranteed less',
        ROLLS,
      ],
    ],
    [
      'a slower probe',
      [deployment({}, { readinessProbe: { periodSeconds: 5 } })],
      [deployment({}, { readinessProbe: { periodSeconds: 9 } })],
      [ROLLS],
    ],
    [
      'no probe',
      [deployment({}, { readinessProbe: { periodSeconds: 5 } })],
      [deployment()],
      ['critical hardening Deployment/users: a pod that stops responding is no longer detected', ROLLS],
    ],
    [
      'a writable root file system',
      [deployment({}, { securityContext: { readOnlyRootFilesystem: true } })],
      [deployment({}, { securityContext: { readOnlyRootFilesystem: false } })],
      ['critical hardening Deployment/users: its root file system is writable', ROLLS],
    ],
    [
      'updates that stop all pods first',
      [deployment({ strategy: { type: 'RollingUpdate' } })],
      [deployment({ strategy: { type: 'Recreate' } })],
      ['warning disruption Deployment/users: each later update stops all pods before it starts new ones'],
    ],
    [
      'a rollout under a budget',
      [deployment(), budget(1)],
      [deployment({}, { image: 'a:1@sha256:b' }), budget(1)],
      [
        'info rollouts Deployment/users: pods are replaced, one at a time, without downtime | 3 pods, under a PodDisruptionBudget: node drains wait meanwhile',
      ],
    ],
    [
      'a budget that allows no eviction',
      [deployment(), budget(1)],
      [deployment(), budget(0)],
      [
        'warning disruption PodDisruptionBudget/users: no pod may be evicted: a node that runs one can never be drained',
      ],
    ],
    [
      'a budget of half of three pods',
      [deployment(), budget(1)],
      [deployment(), budget('50%')],
      ['warning disruption PodDisruptionBudget/users: more pods may be unavailable at once'],
    ],
    [
      'a budget of half of two pods',
      [deployment({ replicas: 2 }), budget(1)],
      [deployment({ replicas: 2 }), budget('50%')],
      [],
    ],
    [
      'a removed budget',
      [deployment(), budget(1)],
      [deployment()],
      ['warning disruption PodDisruptionBudget/users: node drains may evict all its pods at once'],
    ],
    [
      'a removed autoscaler',
      [deployment(), scaler(3, 9, 60)],
      [deployment()],
      ['warning capacity HorizontalPodAutoscaler/users: its workload is no longer scaled'],
    ],
    [
      'an autoscaler that keeps fewer',
      [scaler(3, 9, 60)],
      [scaler(2, 9, 60)],
      ['warning capacity HorizontalPodAutoscaler/users: fewer pods are kept under low load'],
    ],
    [
      'an autoscaler that stops earlier',
      [scaler(3, 9, 60)],
      [scaler(3, 6, 60)],
      ['warning capacity HorizontalPodAutoscaler/users: it can scale to fewer pods under load'],
    ],
    [
      'an autoscaler that acts later',
      [scaler(3, 9, 60)],
      [scaler(3, 9, 80)],
      ['warning capacity HorizontalPodAutoscaler/users: pods are added later when load rises'],
    ],
    ['an autoscaler with a higher maximum that acts earlier', [scaler(3, 9, 60)], [scaler(3, 12, 50)], []],
    [
      'an autoscaler for what had several pods',
      [deployment({ replicas: 2 })],
      [deployment({ replicas: undefined }), scaler(2, 4, 60)],
      [
        'warning capacity Deployment/users: one pod is left until the autoscaler acts: a replica count removed from the manifest defaults to 1',
      ],
    ],
    [
      'an autoscaler for what had one pod',
      [deployment({ replicas: 1 })],
      [deployment({ replicas: undefined }), scaler(1, 3, 60)],
      [],
    ],
    [
      'agents that roll node by node',
      [workload('DaemonSet')],
      [workload('DaemonSet', {}, { image: 'a:1@sha256:b' })],
      ['info rollouts DaemonSet/users: pods are replaced, node by node | 1 pod'],
    ],
    [
      'another build of the image of one pod',
      [stateful({ replicas: 1 })],
      [stateful({ replicas: 1 }, { image: 'a:1@sha256:b' })],
      ['warning rollouts StatefulSet/users: pods are replaced, with downtime in between | 1 pod'],
    ],
    [
      'an older major version',
      [deployment({}, { image: 'a:2@sha256:a' })],
      [deployment({}, { image: 'a:1@sha256:b' })],
      ['critical images Deployment/users: its image is downgraded from major version 2 to 1', ROLLS],
    ],
    [
      'another repository',
      [deployment()],
      [deployment({}, { image: 'b:1@sha256:b' })],
      ['warning images Deployment/users: its image comes from another repository', ROLLS],
    ],
    [
      'a minor version',
      [deployment({}, { image: 'a:1.1@sha256:a' })],
      [deployment({}, { image: 'a:1.2@sha256:b' })],
      [ROLLS],
    ],
    ['a job of another content', [job('provision-0123456789ab', 10)], [job('provision-ba9876543210', 20)], []],
    [
      'a deleted CronJob',
      [object('batch/v1', 'CronJob', 'backup', { spec: {} })],
      [],
      ['warning removals CronJob/backup: it no longer runs'],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change of an immutable field reports', () => {
  test.each<Row>([
    [
      'a Service without an IP',
      [service({ clusterIP: undefined })],
      [service({ clusterIP: 'None' })],
      [
        'critical replacements Service/users: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'pods that start in order',
      [stateful({ podManagementPolicy: 'Parallel' })],
      [stateful()],
      [
        'critical replacements StatefulSet/users: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'another headless Service',
      [stateful({ serviceName: 'a' })],
      [stateful({ serviceName: 'b' })],
      [
        'critical replacements StatefulSet/users: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'another storage class of a claim',
      [claim('1Gi', 'ssd')],
      [claim('1Gi', 'hdd')],
      [
        'critical replacements PersistentVolumeClaim/backup: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
    [
      'another role of a binding',
      [binding('prometheus')],
      [binding('cluster-admin')],
      [
        'critical access ClusterRoleBinding/prometheus: ServiceAccount prometheus gets the rights of cluster-admin',
        'warning replacements ClusterRoleBinding/prometheus: the field is immutable: the object must be deleted and recreated, with its dependents',
      ],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change of stored data reports', () => {
  const retention = (time: string) => ({ args: [`--storage.tsdb.retention.time=${time}`] });
  test.each<Row>([
    [
      'a larger volume of an operated database',
      [cluster({ storage: { size: '10Gi' } })],
      [cluster({ storage: { size: '20Gi' } })],
      ['info expansion Cluster/postgres: its volumes grow, if their storage class allows it'],
    ],
    [
      'a smaller volume of an operated database',
      [cluster({ storage: { size: '20Gi' } })],
      [cluster({ storage: { size: '10Gi' } })],
      [
        'critical data Cluster/postgres: its volumes would shrink, which no storage class supports: the Cluster is rejected',
      ],
    ],
    [
      'another class of an operated database',
      [cluster({ storage: { storageClass: 'a' } })],
      [cluster({ storage: { storageClass: 'b' } })],
      ['warning data Cluster/postgres: only new volumes use this class'],
    ],
    [
      'another major version of an operated database',
      [cluster({ imageName: 'pg:17.6@sha256:a' })],
      [cluster({ imageName: 'pg:18.0@sha256:b' })],
      [
        'critical images Cluster/postgres: its image is upgraded from major version 17 to 18',
        'warning rollouts Cluster/postgres: pods are replaced, the primary last: writes fail during the switchover | 3 pods',
      ],
    ],
    [
      'a larger operated database',
      [cluster({ resources: { requests: { cpu: '1' } } })],
      [cluster({ resources: { requests: { cpu: '2' } } })],
      [
        'warning rollouts Cluster/postgres: pods are replaced, the primary last: writes fail during the switchover | 3 pods',
      ],
    ],
    [
      'smaller volumes of brokers',
      [brokers({ storage: { volumes: [{ id: 0, type: 'persistent-claim', size: '20Gi' }] } })],
      [brokers({ storage: { volumes: [{ id: 0, type: 'persistent-claim', size: '10Gi' }] } })],
      [
        'critical data KafkaNodePool/broker: its volumes would shrink, which no storage class supports: the KafkaNodePool is rejected',
      ],
    ],
    [
      'smaller brokers',
      [brokers({ resources: { requests: { cpu: '2' } } })],
      [brokers({ resources: { requests: { cpu: '1' } } })],
      [
        'warning capacity KafkaNodePool/broker: each pod is guaranteed less',
        'info rollouts KafkaNodePool/broker: pods are replaced, one at a time, by their operator | 3 pods',
      ],
    ],
    [
      'a larger claim',
      [claim('1Gi')],
      [claim('2Gi')],
      ['info expansion PersistentVolumeClaim/backup: its volumes grow, if their storage class (ssd) allows it'],
    ],
    [
      'a smaller claim',
      [claim('2Gi')],
      [claim('1Gi')],
      [
        'critical data PersistentVolumeClaim/backup: its volumes would shrink, which no storage class supports: the PersistentVolumeClaim is rejected',
      ],
    ],
    [
      'volumes that are deleted with their StatefulSet',
      [stateful({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain' } })],
      [stateful({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } })],
      ['critical data StatefulSet/users: its volumes are deleted with it'],
    ],
    [
      'metrics kept for a shorter time',
      [stateful({}, retention('30d'))],
      [stateful({}, retention('15d'))],
      [
        'warning retention StatefulSet/users: older metrics are deleted',
        'info rollouts StatefulSet/users: pods are replaced, one at a time, without downtime | 3 pods, no PodDisruptionBudget',
      ],
    ],
    [
      'metrics kept as long, in hours',
      [stateful({ replicas: 1 }, retention('1d'))],
      [stateful({ replicas: 1 }, retention('24h'))],
      ['warning rollouts StatefulSet/users: pods are replaced, with downtime in between | 1 pod'],
    ],
    [
      'backups kept for a shorter time',
      [store('30d')],
      [store('7d')],
      ['critical retention ObjectStore/backup: older backups are deleted: no earlier point in time can be restored'],
    ],
    ['backups kept for a longer time', [store('7d')], [store('30d')], []],
    [
      'a deleted store',
      [cluster({})],
      [],
      ['critical data Cluster/postgres: the database cluster is deleted with all its databases'],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change of topics and their rights reports', () => {
  test.each<Row>([
    [
      'more partitions',
      [topic({})],
      [topic({ partitions: 6 })],
      [
        'warning topics topic registered: keys move to other partitions: events with the same key may be consumed out of order',
      ],
    ],
    [
      'fewer partitions',
      [topic({})],
      [topic({ partitions: 1 })],
      ['critical topics topic registered: partitions can’t be removed: Kafka rejects it'],
    ],
    [
      'other copies',
      [topic({})],
      [topic({ replicas: 2 })],
      ['warning topics topic registered: its replicas don’t change by this alone: reassign its partitions'],
    ],
    [
      'a lower min.insync.replicas',
      [topic({ config: { 'min.insync.replicas': '2' } })],
      [topic({ config: { 'min.insync.replicas': '1' } })],
      [
        'warning topics topic registered: a write is acknowledged by fewer replicas: the loss of a broker may lose events',
      ],
    ],
    [
      'events kept for a shorter time',
      [topic({ config: { 'retention.ms': '-1' } })],
      [topic({ config: { 'retention.ms': '1000' } })],
      ['critical retention topic registered: older events are deleted, consumed or not'],
    ],
    [
      'events kept for a longer time',
      [topic({ config: { 'retention.ms': '1000' } })],
      [topic({ config: { 'retention.ms': '-1' } })],
      [],
    ],
    [
      'only the last event of a key',
      [topic({})],
      [topic({ config: { 'cleanup.policy': 'compact' } })],
      ['critical retention topic registered: only the last event of each key is kept'],
    ],
    [
      'a setting that brokers read when they start',
      [kafka({ 'num.io.threads': 8 })],
      [kafka({ 'num.io.threads': 4 })],
      ['info rollouts Kafka/kafka: pods are replaced, one at a time, by their operator'],
    ],
    [
      'a setting that brokers read while they run',
      [kafka({ 'min.insync.replicas': 2 })],
      [kafka({ 'min.insync.replicas': 1 })],
      [],
    ],
    [
      'a right more',
      [kafkaUser('Write')],
      [kafkaUser('Write', 'Read')],
      ['warning access users in Kafka: it may now read topic registered'],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change of network paths and rights reports', () => {
  const wide = { ipBlock: { cidr: '0.0.0.0/0' } };
  const open = (...egress: object[]) => network('all', { podSelector: {}, policyTypes: ['Egress'], egress });
  const callers = (...ports: number[]) =>
    network('users', {
      podSelector: { matchLabels: labels('users') },
      policyTypes: ['Ingress'],
      ingress: ports.map((port) => from(port, 'gateway')),
    });
  test.each<Row>([
    [
      'the internet for all',
      [deployment(), caller, open()],
      [deployment(), caller, open(to(wide))],
      ['critical network all pods → 0.0.0.0/0:443: the network opens to all addresses'],
    ],
    [
      "callers on a port that their own policy doesn't allow",
      [deployment(), caller, callers(8080), outOf('gateway', 8080, 'users')],
      [deployment(), caller, callers(8080, 9090), outOf('gateway', 8080, 'users')],
      [],
    ],
    [
      'callers on one port more',
      [deployment(), caller, callers(8080)],
      [deployment(), caller, callers(8080, 9090)],
      ['warning network gateway → users:9090: a network path opens'],
    ],
    [
      'DNS of any pod in a namespace',
      [deployment(), caller, dns({ matchLabels: { 'k8s-app': 'kube-dns' } })],
      [deployment(), caller, dns()],
      ['warning network all pods → namespace kube-system:53: a network path opens'],
    ],
    [
      'a default that closes one direction, where another closes the other',
      [deployment(), denied('Ingress', 'Egress'), dns()],
      [deployment(), denied('Ingress'), dns()],
      [],
    ],
    [
      'another exposed port',
      [service({ type: 'NodePort' })],
      [service({ type: 'NodePort', ports: [{ port: 81 }] })],
      ['warning exposure Service/users: its exposure outside the cluster changes'],
    ],
    [
      'a Service that is no longer exposed',
      [service({ type: 'NodePort' })],
      [service({ type: 'ClusterIP' })],
      ['warning exposure Service/users: it is no longer reachable from outside the cluster'],
    ],
    [
      'another host',
      [ingress('a.example')],
      [ingress('b.example')],
      ['critical exposure Ingress/edge: clients of a.example no longer reach it'],
    ],
    [
      'a right more in the whole cluster',
      [rights('ClusterRole', ['nodes/metrics'])],
      [rights('ClusterRole', ['nodes/metrics', 'nodes/proxy'])],
      ['critical access ClusterRole/prometheus: it may now get nodes/proxy, in the whole cluster'],
    ],
    ['a right less', [rights('ClusterRole', ['nodes/metrics', 'pods'])], [rights('ClusterRole', ['pods'])], []],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('quotas, alerts, secrets and certificates', () => {
  const rolling = deployment({ replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } });
  const secret = (name: string): Manifest => object('v1', 'Secret', name, { stringData: { value: '<<secret:a/b>>' } });
  test.each<Row>([
    [
      'a quota that is too small while pods roll',
      [rolling, quota({ pods: '5' })],
      [rolling, quota({ pods: '4' })],
      [
        'critical quota ResourceQuota/shop: at its peak, with all updates in progress, the namespace requests more pods than its quota: pods are rejected | 5 of 4',
        'warning capacity ResourceQuota/shop: the namespace may use less',
      ],
    ],
    [
      'a larger quota',
      [quota({ pods: '5', 'requests.memory': '1Gi' })],
      [quota({ pods: '6', 'requests.memory': '2Gi' })],
      [],
    ],
    [
      'an alert under another condition',
      [rules('a > 0.9')],
      [rules('a > 0.8')],
      ['info alerts alert MemoryNearLimit: its condition changes'],
    ],
    [
      'an alert after another time',
      [rules('a > 0.9')],
      [rules('a > 0.9', '1m')],
      ['info alerts alert MemoryNearLimit: it fires after a different time'],
    ],
    [
      'an alert of another severity',
      [rules('a > 0.9')],
      [rules('a > 0.9', '5m', 'ticket')],
      ['info alerts alert MemoryNearLimit: its severity changes'],
    ],
    [
      'an alert less',
      [rules('a > 0.9')],
      [rules('a > 0.9', '5m', 'page', 'Other')],
      ['warning alerts alert MemoryNearLimit: the alert is removed'],
    ],
    ['an alert of one case more', [rules('a{job="x"} > 1')], [rules('a{job="x"} > 1 or a{job="y"} > 2')], []],
    [
      'a secret under another name',
      [secret('keys')],
      [secret('signing-keys')],
      [
        'warning secrets Secret/keys: the secret is deleted with its value',
        'info secrets Secret/signing-keys: a new secret with value',
      ],
    ],
    [
      'a certificate that is renewed earlier',
      [certificate({ renewBefore: '8h' })],
      [certificate({ renewBefore: '12h' })],
      [],
    ],
    [
      'a dashboard under another title',
      [object('v1', 'ConfigMap', 'overview', { data: { a: '1' } })],
      [object('v1', 'ConfigMap', 'all', { data: { a: '1' } })],
      [],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));
});

describe('a change without effect is not reported', () => {
  const env = (...names: string[]) => deployment({}, { env: names.map((name) => ({ name, value: name })) });
  const two = (...egress: object[]) => network('two', { podSelector: {}, policyTypes: ['Egress'], egress });
  const [a, b] = [to({ ipBlock: { cidr: '10.0.0.0/8' } }), to({ ipBlock: { cidr: '10.1.0.0/16' } })];
  test.each<Row>([
    [
      'labels in another order',
      [object('v1', 'ConfigMap', 'a', { data: { a: '1', b: '2' } })],
      [object('v1', 'ConfigMap', 'a', { data: { b: '2', a: '1' } })],
      [],
    ],
    ['rules of a policy in another order', [deployment(), two(a, b)], [deployment(), two(b, a)], []],
    ['objects in another order', [env('A'), budget(1)], [budget(1), env('A')], []],
    [
      'a newer API version of a kind',
      [object('kafka.strimzi.io/v1beta2', 'KafkaUser', 'u', {})],
      [object('kafka.strimzi.io/v1beta2', 'KafkaUser', 'u', {})],
      [],
    ],
  ])('%s', (_, before, after, expected) => expect(between(before, after)).toEqual(expected));

  test('another wording of an origin', () => expect(between([env('A')], [env('A')], 'another')).toEqual([]));
});
