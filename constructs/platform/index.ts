/** The platform: what an environment gives to its services, and the interface by which backing services join it. */

export type { AccountToken } from '../kubernetes/mounts.ts';
export type { ApiServer } from './api-server.ts';
export type { BackingService, Connection, InitStep, Peer, Workload } from './backing-service.ts';
export { GUARANTEES, type Guarantee, type GuaranteeReport, type Guarantees, type Requirement } from './guarantees.ts';
export { EVENTS, Platform, type PlatformProps } from './platform.ts';
export type { Quota, Reservation } from './quota.ts';
export type { MetricsCollector, ScrapeTarget } from './scrape-target.ts';
