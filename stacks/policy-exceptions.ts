import type { Exception } from '../infra/review/policy/index.ts';

const ALL = ['dev', 'staging', 'production'];
const WITH_OPERATORS = ['staging', 'production'];
/** When all of them are looked at again. */
const expires = '2027-05-31';

/** Rules that objects of the shop break, and why that is right for now. */
export const exceptions: readonly Exception[] = [
  {
    rule: 'no-node-port',
    object: 'Service/gateway-edge',
    environments: ['dev'],
    reason: 'the way in from the one machine that dev runs on',
    expires,
  },
  {
    rule: 'no-open-peer',
    object: 'NetworkPolicy/gateway',
    environments: ['dev'],
    reason: 'a node port hides who asks; only this machine can',
    expires,
  },
  { rule: 'spread', object: 'Deployment/*', environments: ['dev'], reason: 'dev has one node', expires },
  {
    rule: 'stores-protected',
    object: '*/*',
    environments: ['dev'],
    reason: 'dev is made anew by anybody at any time',
    expires,
  },
  {
    rule: 'stores-protected',
    object: '*/*',
    environments: ['staging'],
    reason: 'data of staging is made up, and rehearsals throw it away',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: '*/kafka',
    environments: ALL,
    reason:
      "topics carry what the outbox tables in PostgreSQL hold, and those are backed up; three brokers keep staging's and production's",
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason: 'metrics are for days; what must last is written to a store outside',
    expires,
  },
  {
    rule: 'stores-backed-up',
    object: 'StatefulSet/alertmanager',
    environments: ALL,
    reason: 'it keeps silences, which people set again',
    expires,
  },
  {
    rule: 'no-token-in-pod',
    object: 'StatefulSet/prometheus',
    environments: ALL,
    reason: 'Prometheus finds its targets, and reads kubelets, with the token of its account, whose rights are few',
    expires,
  },
  {
    rule: 'no-default-namespace',
    object: 'Role*/shop-*-prometheus',
    environments: WITH_OPERATORS,
    reason: 'it lets Prometheus read where the API server is, which Kubernetes itself writes in the default namespace',
    expires,
  },
  {
    rule: 'service-finds-pods',
    object: 'Service/metrics-kafka*',
    environments: WITH_OPERATORS,
    reason: "it finds the operator's pods, which the operator makes in the cluster",
    expires,
  },
  {
    rule: 'service-finds-pods',
    object: 'Service/metrics-postgres-pooler',
    environments: ['production'],
    reason: "it finds the operator's pods, which the operator makes in the cluster",
    expires,
  },
  ...['prometheus', 'alertmanager'].map((name) => ({
    rule: 'readiness-probe',
    object: `StatefulSet/${name}`,
    environments: ALL,
    reason:
      'it asks for a certificate on every path, and a kubelet has none; the startup and liveness probes see that it listens',
    expires,
  })),
  {
    rule: 'readiness-probe',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: 'only Prometheus asks it, and tells by itself whether it answers',
    expires,
  },
  {
    rule: 'drains',
    object: 'Deployment/postgres-exporter',
    environments: WITH_OPERATORS,
    reason: 'only Prometheus asks it, and asks again',
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
    reason: "'renewal' is a loop that sleeps and asks Grafana to read its certificate again; nobody asks it anything",
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
    rule: 'job-ends',
    object: 'Job/*',
    environments: ALL,
    reason:
      'provisioning waits for its server as long as that takes to start; whoever deploys has a deadline and is told',
    expires,
  },
  {
    rule: 'job-ends',
    object: 'CronJob/postgres-*',
    environments: ['dev'],
    reason: 'how long a backup or restore takes depends on how much there is',
    expires,
  },
];
