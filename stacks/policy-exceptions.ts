import type { Exception } from '../infra/review/policy/index.ts';

const ALL = ['dev', 'staging', 'production'];
const WITH_OPERATORS = ['staging', 'production'];
/** Day on which all exceptions must be reviewed. */
const expires = '2027-05-31';

/** Violations of policy rules that the shop accepts, with the reason. */
export const exceptions: readonly Exception[] = [
  {
    rule: 'no-node-port',
    object: 'Service/gateway-edge',
    environments: ['dev'],
    reason: 'entry point on the single machine that dev runs on',
    expires,
  },
  {
    rule: 'no-open-peer',
    object: 'NetworkPolicy/gateway',
    environments: ['dev'],
    reason: 'a node port hides the client address; only this machine can reach it',
    expires,
  },
  { rule: 'spread', object: 'Deployment/*', environments: ['dev'], reason: 'dev has one node', expires },
  {
    rule: 'stores-protected',
    object: '*/*',
    environments: ['dev'],
    reason: 'dev may be deleted and recreated at any time',
    expires,
  },
  {
    rule: 'stores-protected',
    object: '*/*',
    environments: ['staging'],
    reason: 'staging has test data, which rehearsals delete',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: '*/kafka',
    environments: ALL,
    reason:
      'the outbox tables in PostgreSQL keep each event for the retention of its topic, and they are backed up: docs/kafka.md says how to publish them again; in staging and production three brokers replicate the topics',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: 'StatefulSet/cassandra',
    environments: ['dev'],
    reason: 'it holds copies of what the topics of orders say, and is rebuilt from them by one command',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason: 'metrics are kept for days; long-term metrics belong in remote storage',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: 'StatefulSet/alertmanager',
    environments: ALL,
    reason: 'it stores only silences, which can be set again',
    expires,
  },
  {
    rule: 'no-token-in-pod',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason:
      'Prometheus discovers targets and scrapes kubelets with the token of its account, which has few permissions',
    expires,
  },
  {
    rule: 'no-default-namespace',
    object: 'Role*/shop-*-prometheus',
    environments: WITH_OPERATORS,
    reason: 'Prometheus reads the endpoints of the API server, which Kubernetes keeps in the default namespace',
    expires,
  },
  {
    rule: 'service-finds-pods',
    object: 'Service/metrics-kafka*',
    environments: WITH_OPERATORS,
    reason: 'it selects pods that the operator creates in the cluster',
    expires,
  },
  {
    rule: 'service-finds-pods',
    object: 'Service/metrics-postgres-*',
    environments: WITH_OPERATORS,
    reason: 'it selects pods that the operator creates in the cluster',
    expires,
  },
  ...['prometheus', 'alertmanager'].map((name) => ({
    rule: 'readiness-probe',
    object: `StatefulSet/${name}`,
    environments: ALL,
    reason:
      'it requires a client certificate on every path, and the kubelet has none; the startup and liveness probes check the port',
    expires,
  })),
  {
    rule: 'readiness-probe',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: 'only Prometheus scrapes it, and reports whether it is up',
    expires,
  },
  {
    rule: 'drains',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: 'only Prometheus scrapes it, and retries',
    expires,
  },
  {
    rule: 'liveness-probe',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: 'a hung exporter is an alert (the target is down), and no data depends on it',
    expires,
  },
  {
    rule: 'liveness-probe',
    object: 'Deployment/grafana',
    environments: ALL,
    reason: "'renewal' is a loop that makes Grafana reload its certificate; it serves no requests",
    expires,
  },
  {
    rule: 'liveness-probe',
    object: 'StatefulSet/postgres',
    environments: ['dev'],
    reason: "'reloader' and 'exporter' serve no client, so restarting them fixes nothing",
    expires,
  },
  {
    rule: 'liveness-probe',
    object: 'StatefulSet/kafka',
    environments: ['dev'],
    reason: "'metrics-proxy' answers the broker's own probe: if it hangs, the broker is not ready",
    expires,
  },
  {
    rule: 'liveness-probe',
    object: 'StatefulSet/cassandra',
    environments: ['dev'],
    reason: "'metrics-proxy' answers the node's own probe: if it hangs, the node is not ready",
    expires,
  },
  {
    rule: 'job-ends',
    object: 'Job/*',
    environments: ALL,
    reason: 'provisioning waits until its server has started; the deployment has a deadline and reports it',
    expires,
  },
  {
    rule: 'job-ends',
    object: 'CronJob/postgres-*',
    environments: ['dev'],
    reason: 'the duration of a backup or restore depends on the amount of data',
    expires,
  },
];
