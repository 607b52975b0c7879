/** Secrets of a service's own. */
export { Secrets, type SecretsProps } from './secrets.ts';
