import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';
import type { Calls } from './trace.ts';

/** A line of the source that differs between the two versions. */
export interface ChangedLine {
  readonly file: string;
  /** In the head; for a line that went, where it stood. */
  readonly line: number;
  /** In the base, of a line that went. @default none: the line is new */
  readonly was?: number;
  readonly text: string;
}

/** Lines that `git diff --unified=0` shows, by file and line of the newer version. */
export function changedLines(patch: string): ChangedLine[] {
  const found: ChangedLine[] = [];
  let file = '';
  let [was, line] = [0, 0];
  // Lines that the hunk still has: in it, what looks like a header is text.
  let [going, coming] = [0, 0];
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (going > 0 && text.startsWith('-')) {
      found.push({ file, line, was: was++, text: text.slice(1) });
      going--;
    } else if (coming > 0 && text.startsWith('+')) {
      found.push({ file, line: line++, text: text.slice(1) });
      coming--;
    } else if (hunk !== null) {
      [was, line] = [Number(hunk[1]), Math.max(1, Number(hunk[3]))];
      [going, coming] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    } else if (text.startsWith('--- a/') || text.startsWith('+++ b/')) file = text.slice(6); // that of the base stays for a file that was deleted
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

/** Calls that made an object, in both versions; empty where it isn't, or its version doesn't say. */
export interface Made {
  readonly before: Calls;
  readonly after: Calls;
}

/** Calls that made each object of a version, whatever the environment, by kind and name. */
export function callsById({ environments, calls = {} }: Snapshot): ReadonlyMap<string, Calls> {
  const found = new Map<string, Calls>();
  for (const { path, manifest } of Object.values(environments).flat()) {
    const id = `${manifest.kind}/${manifest.metadata.name}`;
    found.set(id, [...new Set([...(found.get(id) ?? []), ...(calls[path] ?? [])])]);
  }
  return found;
}

/**
 * The changed line that most likely caused a finding: the one that shares most words with the finding's cause, field and
 * values, where a line of the named contract or environment counts more; of equals, and where no words speak for any, the one
 * that took part in the calls that made the finding's object. Undefined if nothing speaks for any line: a guess without grounds
 * would send a reviewer to the wrong place.
 */
export function sourceOf(finding: Finding, lines: readonly ChangedLine[], made: Made = { before: [], after: [] }): string | undefined {
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
    const traced = Math.max(nearness(made.after, at.file, at.line), at.was === undefined ? 0 : nearness(made.before, at.file, at.was));
    const shared = 2 * named + 2 * environment + elsewhere + said + valued;
    const score = shared + traced;
    if ((shared >= 2 || traced > 0) && score > (best?.score ?? 0)) best = { score, at };
  }
  return best && `${best.at.file}:${best.at.line}`;
}

/** What a line within a call counts, and what one in the call's file does: less than any word, since many objects are made by the same calls. */
const NEAR = { call: 0.6, file: 0.2 } as const;

/** How much speaks for a line that it took part in making an object. */
function nearness(calls: Calls, file: string, line: number): number {
  let near = 0;
  for (const call of calls) {
    const [, of, first, last] = /^(.*):(\d+)-(\d+)$/.exec(call) ?? [];
    if (of !== file) continue;
    if (Number(first) <= line && line <= Number(last)) return NEAR.call;
    near = NEAR.file;
  }
  return near;
}

function wordsOf(text: string): string[] {
  const split = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return [...new Set(split)].filter((word) => word.length > 1 && !COMMON.has(word));
}
