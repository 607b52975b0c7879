import type { DiagramNode } from '@groundwork/constructs';
import { differs, type GraphChange, type Mark } from '../graph.ts';
import { visible } from './escape.ts';

/** Opening and closing brackets of each kind's shape. */
const SHAPES: Readonly<Record<DiagramNode['kind'], readonly [string, string]>> = {
  outside: ['([', '])'],
  service: ['[', ']'],
  store: ['[(', ')]'],
  topic: ['>', ']'],
};

const DRAWN = ['added', 'removed', 'changed'] as const;

/** Colors that are readable on light and dark backgrounds, and a sign for readers who can't distinguish colors. */
const MARKS: Readonly<
  Record<(typeof DRAWN)[number], { readonly sign: string; readonly box: string; readonly arrow: string }>
> = {
  added: { sign: '+ ', box: 'fill:#dcfce7,stroke:#16a34a,color:#111827', arrow: 'stroke:#16a34a,stroke-width:3px' },
  removed: {
    sign: '− ',
    box: 'fill:#fee2e2,stroke:#dc2626,color:#111827,stroke-dasharray:5 5',
    arrow: 'stroke:#dc2626,stroke-width:2px,stroke-dasharray:5 5',
  },
  changed: { sign: '± ', box: 'fill:#fef3c7,stroke:#d97706,color:#111827', arrow: 'stroke:#d97706,stroke-width:3px' },
};

/**
 * A graph's difference as a Mermaid flowchart. Labels contain no HTML and marks are separate statements, since forges
 * may strip both.
 */
export function mermaid({ boxes, arrows }: GraphChange): string {
  const ids = new Map(boxes.map(({ id }, index) => [id, `n${index}`]));
  const sign = (mark: Mark): string => (mark === 'kept' ? '' : MARKS[mark].sign);
  const was = (before: string | undefined): string => (before === undefined ? '' : `, was ${before}`);
  const nodes = boxes.map(({ id, kind, title, note, mark, was: before }) => {
    const [open, close] = SHAPES[kind];
    return `  ${ids.get(id)}${open}"${safe(`${sign(mark)}${title} (${note}${was(before)})`)}"${close}`;
  });
  const links = arrows.map(
    ({ from, to, label, mark }) => `  ${ids.get(from)} -->|"${safe(`${sign(mark)}${label}`.trim())}"| ${ids.get(to)}`,
  );
  const styles = DRAWN.flatMap((mark) => {
    const painted = boxes.filter((box) => box.mark === mark).map(({ id }) => ids.get(id));
    const drawn = arrows.flatMap((arrow, index) => (arrow.mark === mark ? [index] : []));
    return [
      ...(painted.length === 0
        ? []
        : [`  classDef ${mark} ${MARKS[mark].box}`, `  class ${painted.join(',')} ${mark}`]),
      ...(drawn.length === 0 ? [] : [`  linkStyle ${drawn.join(',')} ${MARKS[mark].arrow}`]),
    ];
  });
  return ['flowchart LR', ...nodes, ...links, ...styles].join('\n');
}

/** The same as text, one entry for each changed part. */
export function graphWords({ boxes, arrows }: GraphChange): { readonly mark: Mark; readonly text: string }[] {
  const was = (before: string | undefined): string => (before === undefined ? '' : `; before: ${before}`);
  return [
    ...boxes
      .filter(differs)
      .map(({ mark, kind, title, note, was: before }) => ({ mark, text: `${kind} ${title}: ${note}${was(before)}` })),
    ...arrows.filter(differs).map(({ mark, detail, was: before }) => ({ mark, text: `${detail}${was(before)}` })),
  ];
}

/** Text in quotes: special characters become Mermaid entities, so that no name closes the quotes or the block. */
function safe(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} .,()/⟨⟩+−±-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}
