/** Lists and rotates the secrets of an environment. */

export { type KnownSecret, ROTATIONS, type Rotation, readersOf, secretsOf } from './list.ts';
export { type Rotating, rotate } from './rotate.ts';
export { rotationDates } from './rotation-dates.ts';
export { StackSecrets } from './stack-secrets.ts';
export type { SecretStore } from './store.ts';
