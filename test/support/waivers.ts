import type { Waiver } from './scanner.ts';

const ALL = ['dev', 'staging', 'production'];
const WITH_OPERATORS = ['staging', 'production'];

const CPU = 'requests set the CPU weight; a limit would throttle a pod while the node idles, and memory has a limit';
const USER =
  "the user owns the image's files; it is not root, and no volume of the node is mounted that a user with the same id could read";
const LISTENING =
  'every path requires a certificate, which the kubelet does not have; startup and liveness probes check that it listens';
const BY_OPERATOR = "it is for the operator's pods, which the operator creates in the cluster";
const EXPORTER = 'only Prometheus scrapes it, and an alert fires when it does not respond';
const BESIDE = 'Grafana itself is probed; the reload loop beside it, which serves nothing, has no probe';
const SPREAD = 'topologySpreadConstraints spread the pods over nodes; dev has one node';

/** Waivers of kube-score (v1.20). */
export const kubeScoreWaivers: readonly Waiver[] = [
  { rule: 'container-resources: CPU limit is not set', object: '*/*', environments: ALL, reason: CPU },
  {
    rule: 'container-image-pull-policy: ImagePullPolicy is not set to Always',
    object: '*/*',
    environments: ALL,
    reason: 'images are pinned by digest: a cached image is identical to that of the registry',
  },
  ...['request', 'limit'].map((amount) => ({
    rule: `container-ephemeral-storage-request-and-limit: Ephemeral Storage ${amount} is not set`,
    object: '*/*',
    environments: ALL,
    reason: 'root file systems are read-only; pods write to volumes, and emptyDirs that can grow have size limits',
  })),
  ...['container is running with a low user ID', 'container running with a low group ID'].map((what) => ({
    rule: `container-security-context-user-group-id: The ${what}`,
    object: '*/*',
    environments: ALL,
    reason: USER,
  })),
  ...['prometheus', 'alertmanager'].map((name) => ({
    rule: 'pod-probes: Container is missing a readinessProbe',
    object: `StatefulSet/${name}`,
    environments: ALL,
    reason: LISTENING,
  })),
  {
    rule: 'pod-probes: Container is missing a readinessProbe',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: EXPORTER,
  },
  {
    rule: 'pod-probes-identical: Container has the same readiness and liveness probe',
    object: 'Deployment/grafana',
    environments: ALL,
    reason: 'its one health page depends only on its own database, and the liveness probe waits three times as long',
  },
  {
    rule: 'statefulset-has-servicename: StatefulSet does not have a valid serviceName',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason:
      'clients use the address of its Service, never a single pod, so it needs no headless Service; the field is immutable',
  },
  {
    rule: 'deployment-has-host-podantiaffinity: Deployment does not have a host podAntiAffinity set',
    object: 'Deployment/*',
    environments: ALL,
    reason: SPREAD,
  },
  {
    rule: 'statefulset-has-host-podantiaffinity: StatefulSet does not have a host podAntiAffinity set',
    object: 'StatefulSet/*',
    environments: WITH_OPERATORS,
    reason: SPREAD,
  },
  {
    rule: 'deployment-replicas: Deployment few replicas',
    object: 'Deployment/*',
    environments: ['dev'],
    reason: 'dev is small: one machine for one developer',
  },
  {
    rule: 'deployment-replicas: Deployment few replicas',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: EXPORTER,
  },
  ...[
    'postgres*',
    'cassandra',
    'cassandra-from-*',
    'cassandra-reaper',
    'kafka',
    'metrics-of-kafka*',
    'metrics-of-postgres-*',
  ].map((name) => ({
    rule: "networkpolicy-targets-pod: The NetworkPolicys selector doesn't match any pods",
    object: `NetworkPolicy/${name}`,
    environments: WITH_OPERATORS,
    reason: BY_OPERATOR,
  })),
  {
    rule: 'service-targets-pod: The services selector does not match any pods',
    object: 'Service/metrics-kafka*',
    environments: WITH_OPERATORS,
    reason: BY_OPERATOR,
  },
  {
    rule: 'service-targets-pod: The services selector does not match any pods',
    object: 'Service/metrics-postgres-*',
    environments: WITH_OPERATORS,
    reason: BY_OPERATOR,
  },
  {
    rule: 'service-type: The service is of type NodePort',
    object: 'Service/gateway-edge',
    environments: ['dev'],
    reason: 'the edge of dev, reachable on the one machine that dev runs on',
  },
];

/** Waivers of Checkov (3.3). */
export const checkovWaivers: readonly Waiver[] = [
  { rule: 'CKV_K8S_11: CPU limits should be set', object: '*/*', environments: ALL, reason: CPU },
  {
    rule: 'CKV_K8S_40: Containers should run as a high UID to avoid host conflict',
    object: '*/*',
    environments: ALL,
    reason: USER,
  },
  {
    rule: 'CKV_K8S_38: Ensure that Service Account Tokens are only mounted where necessary',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason:
      'Prometheus needs the token to discover targets and to read kubelets, and its account has no other permissions',
  },
  ...['prometheus', 'alertmanager'].map((name) => ({
    rule: 'CKV_K8S_9: Readiness Probe Should be Configured',
    object: `StatefulSet/${name}`,
    environments: ALL,
    reason: LISTENING,
  })),
  ...['CKV_K8S_8: Liveness Probe Should be Configured', 'CKV_K8S_9: Readiness Probe Should be Configured'].flatMap(
    (rule) => [
      { rule, object: 'Deployment/grafana', environments: ALL, reason: BESIDE },
      { rule, object: 'Deployment/postgres-exporter', environments: WITH_OPERATORS, reason: EXPORTER },
      {
        rule,
        object: 'StatefulSet/postgres',
        environments: ['dev'],
        reason: 'PostgreSQL itself is probed; its reloader and exporter, which serve no client, are not',
      },
    ],
  ),
  {
    rule: 'CKV_K8S_21: The default namespace should not be used',
    object: 'Role*/shop-*-prometheus',
    environments: WITH_OPERATORS,
    reason:
      'it allows Prometheus to read the address of the API server, which Kubernetes stores in the default namespace',
  },
];
