/** The platform: what an environment gives to its services, and the interface by which backing systems join it. */

export type { ApiServer } from './api-server.ts';
export type { AccountToken, Backing, Connection, Peer, Preparation, Workload } from './backing-service.ts';
export { type Demand, GUARANTEES, type Guarantee, type GuaranteeSheet, type Statement } from './guarantees.ts';
export { EVENTS, Platform, type PlatformProps } from './platform.ts';
export type { Claim, Quota } from './quota.ts';
export type { Collector, Target } from './scrape-target.ts';
