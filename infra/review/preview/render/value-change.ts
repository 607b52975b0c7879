import { diffLines } from 'diff';
import { type Change, diff, isObject } from '../diff/index.ts';

/** A changed line of a text. */
export interface LineChange {
  readonly sign: '-' | '+';
  /** From 1, in the text before for a removed line, otherwise in the text after. */
  readonly line: number;
  readonly text: string;
}

/** How a changed value is shown: whole, by the fields of the JSON in it, or by its lines. */
export type ValueChange =
  | { readonly by: 'value' }
  | { readonly by: 'field'; readonly fields: readonly Change[] }
  | { readonly by: 'line'; readonly lines: readonly LineChange[] };

/** Shorter texts of one line are shown whole. */
const SHORT = 60;
/** Texts with more changed lines are not aligned, which takes the square of that number: all lines are removed and added. */
const ALIGNED = 2_000;

/** Two versions of a text by what differs in them. */
export function valueChange(before: unknown, after: unknown): ValueChange {
  if (typeof before !== 'string' || typeof after !== 'string') return { by: 'value' };
  if (Math.max(before.length, after.length) <= SHORT && !`${before}${after}`.includes('\n')) return { by: 'value' };
  const [from, to] = [parsed(before), parsed(after)];
  const fields = from === undefined || to === undefined ? [] : diff(from, to);
  // None if only the layout changes, which its lines show.
  if (fields.length > 0) return { by: 'field', fields };
  return `${before}${after}`.includes('\n') ? { by: 'line', lines: changedLines(before, after) } : { by: 'value' };
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function changedLines(before: string, after: string): LineChange[] {
  const whole = [
    { removed: true, added: false, value: before },
    { removed: false, added: true, value: after },
  ];
  const [found, at]: [LineChange[], { '-': number; '+': number }] = [[], { '-': 0, '+': 0 }];
  for (const { removed, added, value } of diffLines(before, after, { maxEditLength: ALIGNED }) ?? whole) {
    for (const text of value.replace(/\n$/, '').split('\n')) {
      if (!added) at['-']++;
      if (!removed) at['+']++;
      if (removed) found.push({ sign: '-', line: at['-'], text });
      if (added) found.push({ sign: '+', line: at['+'], text });
    }
  }
  return found;
}
