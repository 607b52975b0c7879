import type { Graph } from './graph.ts';
import { FONT, type Layout, layoutOf, type PlacedArrow, type PlacedBox, textWidth } from './layout.ts';
import { type Box, pictureOf } from './picture.ts';

/** Fill and outline of each kind; text is dark on all of them. */
const COLORS: Readonly<Record<Box['kind'], readonly [string, string]>> = {
  outside: ['#f3f4f6', '#6b7280'],
  service: ['#dbeafe', '#2563eb'],
  store: ['#dcfce7', '#16a34a'],
  topic: ['#fef3c7', '#d97706'],
};
const CORNERS: Readonly<Record<Box['kind'], number>> = { outside: 26, service: 8, store: 2, topic: 18 };

/** The graph as a standalone SVG without scripts, links or external fonts; deterministic. */
export function toSvg(graph: Graph): string {
  return draw(layoutOf(pictureOf(graph)));
}

function draw({ width, height, boxes, arrows }: Layout): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" text-anchor="middle">`,
    '<title>Contracts: calls, events and owned resources</title>',
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#6b7280"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...arrows.map(line),
    ...boxes.map(box),
    ...arrows.map(label),
    '</svg>',
    '',
  ].join('\n');
}

/** A curve that starts and ends horizontally and crosses the layers in between in a straight line. */
function line({ points, detail }: PlacedArrow): string {
  const [start, ...rest] = points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
  let before = start as { x: number; y: number };
  const path = rest.map((point) => {
    const middle = round((before.x + point.x) / 2);
    const segment =
      before.y === point.y
        ? `L${point.x} ${point.y}`
        : `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
    return segment;
  });
  return `<path d="M${start?.x} ${start?.y}${path.join('')}" fill="none" stroke="#6b7280" stroke-width="1.5" marker-end="url(#head)"><title>${escaped(detail)}</title></path>`;
}

function box({ kind, title, note, x, y, width, height }: PlacedBox): string {
  const [fill, stroke] = COLORS[kind];
  const middle = round(x + width / 2);
  return [
    `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="${CORNERS[kind]}" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`,
    `<text x="${middle}" y="${round(y + 23)}" font-size="${FONT.title}" font-weight="600" fill="#111827">${escaped(title)}</text>`,
    `<text x="${middle}" y="${round(y + 40)}" font-size="${FONT.note}" fill="#4b5563">${escaped(note)}</text>`,
  ].join('');
}

function label({ label: text, labelAt: { x, y } }: PlacedArrow): string {
  if (text === '') return '';
  const width = round(textWidth(text, FONT.label) + 8);
  return `<rect x="${round(x - width / 2)}" y="${round(y - 9)}" width="${width}" height="18" rx="3" fill="#ffffff"/><text x="${round(x)}" y="${round(y + 4)}" font-size="${FONT.label}" fill="#374151">${escaped(text)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
