/** Restores the builtin PostgreSQL to a point in time. */
export { type RestoreOptions, restore } from './restore.ts';
