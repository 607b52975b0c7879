import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the repository. */
export const ROOT = join(import.meta.dirname, '../../..');

/** Variable of a service process with its edits, as JSON. */
export const EDITS_VARIABLE = 'HISTORY_EDITS';

/** A change of one source file that a service process makes while it loads the file; the file on disk stays as it is. */
export interface Edit {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Text to replace; it occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

/**
 * Applies the edits of one file.
 * @throws Error if a text does not occur exactly once: the file has changed since the edit was written
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, { file, find, replace }) => {
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`edit of ${file}: must occur once, found ${found} times: ${find}`);
    return text.replace(find, () => replace);
  }, source);
}

/** Checks that edits fit the files on disk. @throws Error for the first one that does not */
export function validateEdits(edits: readonly Edit[]): void {
  for (const file of new Set(edits.map((edit) => edit.file)))
    applyEdits(readFileSync(join(ROOT, file), 'utf8'), editsOf(file, edits));
}

/** Edits of one file. */
export function editsOf(file: string, edits: readonly Edit[]): readonly Edit[] {
  return edits.filter((edit) => edit.file === file);
}
