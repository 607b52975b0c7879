import type { Severity } from './finding.ts';

const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  negligible: 'low',
  info: 'low',
};

/** What a tool's word means here. What nobody has judged counts as high: a gate must not open for lack of a word. */
export function severityOf(word: string | undefined): Severity {
  return WORDS[word?.toLowerCase() ?? ''] ?? 'high';
}
