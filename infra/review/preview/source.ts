import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from './finding.ts';

/** Where the program's own files are. */
export interface Program {
  /** Root of the repository. */
  readonly root: string;
  /**
   * Folders below it with libraries, such as `constructs`: calls in them don't count as the program's. @default none
   */
  readonly libraries?: readonly string[];
}

/** The innermost line of a stack trace in the program's own files; undefined if there is none. */
export function programLine(trace: readonly string[], { root, libraries = [] }: Program): string | undefined {
  for (const call of trace) {
    const [, place = '', line] = /((?:file:\/\/)?\/[^()]*?):(\d+)(?::\d+)?\)?$/.exec(call) ?? [];
    if (place === '' || place.includes('/node_modules/')) continue;
    const path = place.startsWith('file:') ? fileURLToPath(place) : place;
    const file = relative(root, path).split(sep).join('/');
    if (!file.startsWith('..') && !libraries.some((folder) => file.startsWith(`${folder}/`))) return `${file}:${line}`;
  }
  return undefined;
}

/** A range of lines that a commit changes, or a whole file. */
export interface ChangedPlace {
  readonly file: string;
  /** Such as `stacks/shop.ts:12`, `stacks/shop.ts:12-14`, or for deleted lines `stacks/shop.ts:12 removed`. */
  readonly at: string;
  /** Lines of the base that it removes or replaces, from 1. @default none */
  readonly removed?: { readonly file: string; readonly first: number; readonly last: number };
}

/** The call that created a deleted object, which is in the base: whether the change removes that line. */
export function inBase(source: string, places: readonly ChangedPlace[]): string {
  const [, file, line] = /^(.*):(\d+) in the base$/.exec(source) ?? [];
  const isRemoved = places.some(
    ({ removed }) =>
      removed !== undefined && removed.file === file && removed.first <= Number(line) && Number(line) <= removed.last,
  );
  return isRemoved ? `${file}:${line} removed` : source;
}

/** Changed places from the output of `git diff --unified=0`. */
export function changedPlaces(patch: string): ChangedPlace[] {
  const found: ChangedPlace[] = [];
  let [before, after] = ['', ''];
  let body = 0; // remaining lines of the hunk, in which header-like lines are text
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (body > 0 && /^[-+]/.test(text)) body--;
    else if (hunk !== null) {
      const [, was, gone = 1, is, come = 1] = hunk;
      body = Number(gone) + Number(come);
      const place =
        Number(come) > 0
          ? { file: after, at: `${after}:${linesText(Number(is), Number(come))}` }
          : { file: before, at: `${before}:${linesText(Number(was), Number(gone))} removed` };
      const removed = { file: before, first: Number(was), last: Number(was) + Number(gone) - 1 };
      found.push({ ...place, ...(Number(gone) > 0 && { removed }) });
    } else if (/^--- "?a\//.test(text)) before = fileName(text);
    else if (/^\+\+\+ "?b\//.test(text)) after = fileName(text);
    else {
      const [, name] = /^Binary files .*?(?:a|b)\/(.*?) (?:and|differ)/.exec(text) ?? [];
      if (name !== undefined) found.push({ file: name, at: name });
    }
  }
  return found;
}

/** Git ends a name with a blank in it with a tab, and quotes one with special characters. */
function fileName(header: string): string {
  const name = header.slice(4).replace(/\t$/, '');
  return (name.startsWith('"') ? JSON.parse(name.replace(/\\[0-7]{3}|\\[av]/g, '?')) : name).slice(2);
}

function linesText(first: number, count: number): string {
  return count === 1 ? `${first}` : `${first}-${first + count - 1}`;
}

/** Which files can cause which findings. */
export interface SourceLayout {
  /** Folders with the contracts and their schemas. */
  readonly contracts: readonly string[];
  /** The file with the settings of one environment. */
  readonly environment: (name: string) => string;
}

/** Files that don't affect manifests. */
const SILENT = /\.(md|test\.ts)$/;

/**
 * The changed place that caused a finding, if only one can be its cause.
 * @param environments names of all environments
 */
export function certainCause(
  finding: Pick<Finding, 'rule' | 'environments'>,
  places: readonly ChangedPlace[],
  environments: readonly string[],
  { contracts, environment }: SourceLayout,
): string | undefined {
  const elsewhere = environments.filter((name) => !finding.environments.includes(name)).map(environment);
  const possible = places.filter(({ file }) =>
    finding.rule === 'contracts'
      ? !SILENT.test(file) && contracts.some((folder) => file.startsWith(`${folder}/`))
      : !SILENT.test(file) && !elsewhere.includes(file),
  );
  return possible.length === 1 ? possible[0]?.at : undefined;
}
