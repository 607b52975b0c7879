/** Restores Consul from a snapshot. */
export { type RestoreOptions, restoreConsul } from './restore.ts';
