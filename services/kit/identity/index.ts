/** The workload's certificate, which authenticates it to its peers, and how it authenticates them. */
export { type Identity, readIdentity } from './certificate.ts';
export { accountOf, type Realm, spiffeId } from './spiffe.ts';
export { secureContext } from './tls.ts';
export { openTrust, type Trust, type TrustConfig } from './trust.ts';
export { type IdentityWatch, type WatchOptions, watchIdentity } from './watch.ts';
