/** Certificates and their authority, renewed while all goes on. */
export { type AuthorityRotation, rotateAuthority } from './authority.ts';
export { issueAgain } from './certificate.ts';
