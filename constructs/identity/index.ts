/** Identity: a certificate for each service account. */
export { type IdentityProps, validateIdentity } from './authority.ts';
export {
  IDENTITY_FOLDER,
  Identities,
  type IdentitiesProps,
  type Identity,
  type IdentityRequest,
  KEYSTORE_PASSWORD,
  serviceNames,
} from './identities.ts';
