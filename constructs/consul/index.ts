/** Consul: service discovery with access control. Start at `consul.ts`. */
export { Consul, type ConsulProps, DISCOVERY, type Snapshots } from './consul.ts';
export { CONSUL_METRICS, type ConsulMetric } from './metrics.ts';
