import type { Waiver } from './scanner.ts';

const ALL = ['dev', 'staging', 'production'];
const WITH_OPERATORS = ['staging', 'production'];

const CPU =
  'CPU is shared by weight, which the requests set; a limit would make a pod wait while the node idles, and memory has one';
const USER =
  "the user is the one that the image's files belong to; it is not root, and no volume of a node is mounted that a like-numbered user could read";
const LISTENING =
  'every path of it asks for a certificate, which a kubelet has not; startup and liveness probes see whether it listens';
const BY_OPERATOR = "it is for the operator's pods, which the operator makes in the cluster";
const EXPORTER = 'only Prometheus asks it, and an alert says when it does not answer';
const BESIDE = 'Grafana itself is probed; it is the loop beside it, which serves nothing, that has no probe';
const SPREAD = 'topologySpreadConstraints over nodes spread the pods, and say by how much; in dev there is one node';

/** What kube-score (v1.20) finds that we keep. */
export const kubeScoreWaivers: readonly Waiver[] = [
  { rule: 'container-resources: CPU limit is not set', object: '*/*', environments: ALL, reason: CPU },
  {
    rule: 'container-image-pull-policy: ImagePullPolicy is not set to Always',
    object: '*/*',
    environments: ALL,
    reason: 'an image is named by digest: what a node has of it is what a registry would send',
  },
  ...['request', 'limit'].map((amount) => ({
    rule: `container-ephemeral-storage-request-and-limit: Ephemeral Storage ${amount} is not set`,
    object: '*/*',
    environments: ALL,
    reason:
      'root file systems are read-only; what a pod writes goes to volumes, whose emptyDirs have limits of their own where they can grow',
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
    reason:
      'its one health page depends on nothing but its own database, and the liveness probe waits three times as long',
  },
  {
    rule: 'statefulset-has-servicename: StatefulSet does not have a valid serviceName',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason:
      'its pods are asked by the address of its Service, never one by one, so it needs no headless one; a StatefulSet can not change it',
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
    reason: 'dev is small: one machine, for one person',
  },
  {
    rule: 'deployment-replicas: Deployment few replicas',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: EXPORTER,
  },
  ...['postgres*', 'kafka', 'metrics-of-kafka*'].map((name) => ({
    rule: "networkpolicy-targets-pod: The NetworkPolicys selector doesn't match any pods",
    object: `NetworkPolicy/${name}`,
    environments: WITH_OPERATORS,
    reason: BY_OPERATOR,
  })),
  {
    rule: "networkpolicy-targets-pod: The NetworkPolicys selector doesn't match any pods",
    object: 'NetworkPolicy/metrics-of-postgres-pooler',
    environments: ['production'],
    reason: BY_OPERATOR,
  },
  {
    rule: 'service-targets-pod: The services selector does not match any pods',
    object: 'Service/metrics-kafka*',
    environments: WITH_OPERATORS,
    reason: BY_OPERATOR,
  },
  {
    rule: 'service-targets-pod: The services selector does not match any pods',
    object: 'Service/metrics-postgres-pooler',
    environments: ['production'],
    reason: BY_OPERATOR,
  },
  {
    rule: 'service-type: The service is of type NodePort',
    object: 'Service/gateway-edge',
    environments: ['dev'],
    reason: 'the way in from the one machine that dev runs on',
  },
];

/** What Checkov (3.3) finds that we keep. */
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
      'here one is necessary: Prometheus finds its targets and reads kubelets with it, and its account may do no more',
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
    reason: 'it lets Prometheus read where the API server is, which Kubernetes itself writes in the default namespace',
  },
];
