/** The workload's certificate: who it is to all that it talks to, and who they are to it. */
export { type Identity, readIdentity } from './certificate.ts';
export { accountOf, type Realm, spiffeId } from './spiffe.ts';
export { secureContext } from './tls.ts';
export { openTrust, type Trust, type TrustConfig } from './trust.ts';
export { type IdentityWatch, type WatchOptions, watchIdentity } from './watch.ts';
