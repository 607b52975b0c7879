/** Access tokens: verification with the published keys. */
export { bearerToken, type Caller, type TokenVerifier } from './caller.ts';
export { type RemoteKeysOptions, remoteKeys } from './remote-keys.ts';
export { ALGORITHM, AUDIENCE, tokenVerifier } from './verify.ts';
