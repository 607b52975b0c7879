/** Renews certificates and rotates their authority without downtime. */
export { type AuthorityRotation, rotateAuthority } from './authority.ts';
export { issueAgain } from './certificate.ts';
