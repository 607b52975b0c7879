/** The preview of a pull request: its effects on each environment, worst first. Start at `preview.ts`. */
export { type Finding, SEVERITIES, type Severity } from './finding.ts';
export { json, makePreview, type Preview, type PreviewInput } from './preview.ts';
export { FORGES, type Forge } from './render/escape.ts';
export { COMMENT_LIMIT, MARKER, type MarkdownOptions, markdown } from './render/markdown.ts';
export { page } from './render/page.ts';
export { pulumiFiles, type Settings } from './settings.ts';
export { objectsOf, type Snapshot, type SnapshotObject, snapshotEach } from './snapshot.ts';
export type { ChangedPlace, Program, SourceLayout } from './source.ts';
export type { Prices } from './totals.ts';
