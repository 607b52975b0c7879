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
    const [, place = '', line] = /((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(call) ?? [];
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
  /** Such as `stacks/shop.ts:12`, `stacks/shop.ts:12-14`, or for deleted lines `stacks/shop.ts:12 in the base`. */
  readonly at: string;
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
      found.push(
        Number(come) > 0
          ? { file: after, at: `${after}:${linesText(Number(is), Number(come))}` }
          : { file: before, at: `${before}:${linesText(Number(was), Number(gone))} in the base` },
      );
    } else if (text.startsWith('--- a/')) before = text.slice(6);
    else if (text.startsWith('+++ b/')) after = text.slice(6);
    else {
      const [, name] = /^Binary files .*?(?:a|b)\/(.*?) (?:and|differ)/.exec(text) ?? [];
      if (name !== undefined) found.push({ file: name, at: name });
    }
  }
  return found;
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
