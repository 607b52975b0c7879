/** Prometheus with Alertmanager: metrics and alerts of an environment. */

export type { ExternalEndpoint } from '../kubernetes/network-policy.ts';
export type { ClusterMetrics } from './cluster.ts';
export { PROMETHEUS_PORT } from './constants.ts';
export type { AlertLinks } from './links.ts';
export { Prometheus } from './prometheus.ts';
export type { PrometheusProps, Readable } from './props.ts';
export type {
  Alerting,
  EmailReceiver,
  PagerDutyReceiver,
  Receiver,
  SlackReceiver,
  WebhookReceiver,
} from './receivers.ts';
export type { RemoteWrite } from './remote-write.ts';
export {
  type Alert,
  alert,
  type Consequence,
  type Recording,
  type RuleFile,
  type Severity,
} from './rules/index.ts';
export { levelOf } from './rules/services.ts';
export type { WebClients } from './web.ts';
