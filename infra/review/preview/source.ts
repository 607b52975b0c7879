import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from './finding.ts';

/** Where a program's own lines are. */
export interface Program {
  /** Root of the repository. */
  readonly root: string;
  /** Folders below it that hold libraries, such as `constructs`: a call in them is no line of the program. @default none */
  readonly libraries?: readonly string[];
}

/** The line of a stack trace that is the program's own and closest to what was made; undefined if none is. */
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

/** What a commit changes in one place: a run of lines, or a file that no line can be named of. */
export interface ChangedPlace {
  readonly file: string;
  /** Such as `stacks/shop.ts:12`, `stacks/shop.ts:12-14`, and of lines that went `stacks/shop.ts:12 in the base`. */
  readonly at: string;
}

/** Places that `git diff --unified=0` shows. */
export function changedPlaces(patch: string): ChangedPlace[] {
  const found: ChangedPlace[] = [];
  let [before, after] = ['', ''];
  let body = 0; // lines that the hunk still has: in it, what looks like a header is text
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

/** Which files can be the cause of what. */
export interface SourceLayout {
  /** Folders that make the contracts, schemas and all. */
  readonly contracts: readonly string[];
  /** The file that says what is so in one environment alone. */
  readonly environment: (name: string) => string;
}

/** Files that make no manifest. */
const SILENT = /\.(md|test\.ts)$/;

/**
 * The changed place that caused a finding, where there can be no other: all places that could be its cause are one.
 * @param environments names of all
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
