/** Bringing Consul back as a snapshot has it. */
export { type RestoreOptions, restoreConsul } from './restore.ts';
