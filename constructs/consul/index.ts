/** Consul: where each instance of a service is, told only to who may know. Start at `consul.ts`. */
export { Consul, type ConsulProps, DISCOVERY, type Snapshots } from './consul.ts';
export { CONSUL_METRICS, type ConsulMetric } from './metrics.ts';
