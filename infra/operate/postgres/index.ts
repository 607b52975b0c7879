/** Bringing the builtin PostgreSQL back as it was. */
export { type RestoreOptions, restore } from './restore.ts';
