/** Secrets that only one service reads. */
export { Secrets, type SecretsProps } from './secrets.ts';
