/** The platform of an environment, and the interface for backing services. */

export type { AccountToken } from '../kubernetes/mounts.ts';
export type { ApiServer } from '../kubernetes/network-policy.ts';
export {
  type BackingService,
  type Connection,
  EVENTS,
  type InitStep,
  type Peer,
  type Workload,
} from './backing-service.ts';
export { GUARANTEES, type Guarantee, type GuaranteeReport, type Guarantees, type Requirement } from './guarantees.ts';
export { Platform, type PlatformProps } from './platform.ts';
export type { Quota, Reservation } from './quota.ts';
export type { MetricsCollector, ScrapeTarget } from './scrape-target.ts';
