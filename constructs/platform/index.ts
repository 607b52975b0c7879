/** The platform: what an environment gives to its services, and the interface by which backing systems join it. */
export type { Backing, Connection, Peer, Preparation, SecretFile, Workload } from './backing.ts';
export { type Demand, GUARANTEES, type Guarantee, type GuaranteeSheet } from './guarantees.ts';
export { Platform, type PlatformProps } from './platform.ts';
export type { Claim, Quota } from './quota.ts';
