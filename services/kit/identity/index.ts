/** The workload's certificate: who it is to all that it talks to. */
export { type Identity, readIdentity } from './certificate.ts';
export { accountOf, type Realm, spiffeId, spiffeIdOf } from './spiffe.ts';
export { type IdentityWatch, type WatchOptions, watchIdentity } from './watch.ts';
