import type { PossibleCauses } from './causes.ts';
import type { Change } from './diff/index.ts';
import type { Finding } from './finding.ts';
import type { ChangedLine } from './lines.ts';
import type { Snapshot } from './snapshot.ts';
import type { Calls } from './trace.ts';

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
 * The changed line that most likely caused a finding: the one that shares most with the finding's cause, field and values,
 * where a line of the named contract or environment counts more, and one that took part in the calls that made the finding's
 * object a little. Where all that can be the cause stands in one file, it is there. Undefined if nothing sets one file before
 * the others: a guess would send a reviewer to the wrong place.
 */
export function sourceOf(
  finding: Finding,
  { lines, areAll, areCertain, fields = [] }: PossibleCauses,
  made: Made = { before: [], after: [] },
): string | undefined {
  const scored = lines.map((at) => ({ at, score: scoreOf(finding, fields, at, made) }));
  const [best] = scored.toSorted((a, b) => b.score - a.score);
  if (best === undefined) return undefined;
  const others = scored.filter(({ at }) => at.file !== best.at.file);
  const ahead = best.score - others.reduce((most, { score }) => Math.max(most, score), 0);
  const isKnown =
    areCertain ||
    (areAll && others.length === 0) ||
    (best.score >= GROUNDS && ahead >= LEAD) ||
    (best.score > 0 && others.length === 0);
  return isKnown ? `${best.at.file}:${best.at.line}` : undefined;
}

/** Of several files, one is named only with more to say for it than a call, and if it is ahead of the next by more than a call's file. */
const [GROUNDS, LEAD] = [1, 0.4];

/** What a value that stands in a line word for word counts, such as a version, and what a word of one does. */
const VALUE = { whole: 6, word: 2 } as const;

/** How much speaks for a line. */
function scoreOf(finding: Finding, fields: readonly Change[], at: ChangedLine, { before, after }: Made): number {
  const words = wordsOf(
    [
      finding.cause,
      finding.field ?? fields.map(({ path }) => path.slice(-2).join(' ')).join(' '),
      finding.subject,
    ].join(' '),
  );
  const [path, text] = [new Set(wordsOf(at.file)), new Set(wordsOf(at.text))];
  const named = words.filter((word) => path.has(word)).length;
  const said = words.filter((word) => text.has(word)).length;
  const environment = finding.environments.length === 1 && path.has(finding.environments[0] as string) ? 1 : 0;
  const values = [finding, ...Object.values(finding.details ?? {}), ...fields]
    .flatMap((one) => [one.before, one.after])
    .filter((value) => typeof value !== 'object');
  const isWhole = values.some((value) => tellingParts(String(value)).some((part) => at.text.includes(part)));
  const isWord = values.some((value) => wordsOf(String(value)).some((word) => text.has(word)));
  const valued = isWhole ? VALUE.whole : isWord ? VALUE.word : 0;
  const traced = Math.max(
    nearness(after, at.file, at.line),
    at.was === undefined ? 0 : nearness(before, at.file, at.was),
  );
  const shared = 2 * named + 2 * environment + said + valued;
  return shared >= 2 || traced > 0 ? shared + traced : 0;
}

/** Versions, digests and the like: parts of a value that hardly stand in a line by chance. */
function tellingParts(value: string): string[] {
  return value.split(/[^\w.:/-]+|@/).filter((part) => part.length > 5 && /\d/.test(part));
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
