/** Identity: a certificate for each account, which is who it is to everything that it talks to. */
export { type IdentityProps, validateIdentity } from './authority.ts';
export {
  IDENTITY_FOLDER,
  Identities,
  type IdentitiesProps,
  type Identity,
  type IdentityRequest,
  KEYSTORE_PASSWORD,
} from './identities.ts';
