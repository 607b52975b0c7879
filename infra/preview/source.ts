import type { Finding } from './finding.ts';

/** A line of the source that differs between the two versions. */
export interface ChangedLine {
  readonly file: string;
  /** In the head; for a line that went, where it stood. */
  readonly line: number;
  readonly text: string;
}

/** Lines that `git diff --unified=0` shows, by file and line of the newer version. */
export function changedLines(patch: string): ChangedLine[] {
  const found: ChangedLine[] = [];
  let file = '';
  let line = 0;
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (text.startsWith('+++ b/')) file = text.slice(6);
    else if (text.startsWith('--- a/'))
      file = text.slice(6); // stays for a file that was deleted
    else if (hunk !== null) line = Math.max(1, Number(hunk[1]));
    else if (text.startsWith('+')) found.push({ file, line: line++, text: text.slice(1) });
    else if (text.startsWith('-')) found.push({ file, line, text: text.slice(1) });
  }
  return found.filter((changed) => changed.file.endsWith('.ts') && !changed.file.endsWith('.test.ts'));
}

/** Words too common to tell one line from another. */
const COMMON = new Set([
  'contract',
  'environment',
  'the',
  'and',
  'who',
  'those',
  'call',
  'calls',
  'service',
  'services',
  'stack',
  'stacks',
  'spec',
  'platform',
  'of',
  'in',
  'it',
  'for',
]);

/**
 * The changed line that most likely caused a finding: the one that shares most words with the finding's cause, field and
 * values, where a line of the named contract or environment counts more. Undefined if nothing speaks for any line:
 * a guess without grounds would send a reviewer to the wrong place.
 */
export function sourceOf(finding: Finding, lines: readonly ChangedLine[]): string | undefined {
  const words = wordsOf([finding.cause, finding.field ?? '', finding.subject].join(' '));
  const values = new Set([finding.before, finding.after].flatMap((value) => (typeof value === 'object' ? [] : wordsOf(String(value)))));
  let best: { readonly score: number; readonly at: ChangedLine } | undefined;
  for (const at of lines) {
    const path = new Set(wordsOf(at.file));
    const text = new Set(wordsOf(at.text));
    const named = words.filter((word) => path.has(word)).length;
    const environment = finding.environments.length === 1 && path.has(finding.environments[0] as string) ? 1 : 0;
    const elsewhere = at.file.includes('environments/') && environment === 0 && finding.environments.length === 1 ? -2 : 0;
    const said = words.filter((word) => text.has(word)).length;
    const valued = [...values].some((value) => text.has(value)) ? 2 : 0;
    const score = 2 * named + 2 * environment + elsewhere + said + valued;
    if (score >= 2 && score > (best?.score ?? 0)) best = { score, at };
  }
  return best && `${best.at.file}:${best.at.line}`;
}

function wordsOf(text: string): string[] {
  const split = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return [...new Set(split)].filter((word) => word.length > 1 && !COMMON.has(word));
}
