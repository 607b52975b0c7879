/** The preview of a pull request: what will change where, most dangerous first. Start at `preview.ts`. */
export { type Finding, SEVERITIES, type Severity } from './finding.ts';
export { type ChangedLine, changedLines } from './lines.ts';
export { makePreview, type Preview, type PreviewInput } from './preview.ts';
export { FORGES, type Forge } from './render/escape.ts';
export { json } from './render/json.ts';
export { COMMENT_LIMIT, MARKER, type MarkdownOptions, markdown } from './render/markdown.ts';
export { page } from './render/page.ts';
export type { Snapshot } from './snapshot.ts';
export type { Prices } from './totals.ts';
