import { type DiagramNode, toDiagram } from './diagram.ts';
import type { Graph } from './graph.ts';

/** Shape, fill and outline of each kind; text is dark on all of them. */
const STYLES: Readonly<Record<DiagramNode['kind'], string>> = {
  outside: 'shape=ellipse, fillcolor="#f3f4f6", color="#6b7280"',
  service: 'shape=box, fillcolor="#dbeafe", color="#2563eb"',
  store: 'shape=cylinder, fillcolor="#dcfce7", color="#16a34a"',
  topic: 'shape=box, style="filled,rounded", fillcolor="#fef3c7", color="#d97706"',
};

/**
 * The graph in DOT, which Graphviz draws: on a white background, so that it can be read on a dark page too. Labels are plain
 * text, which is centered whatever font the reader has. The same graph gives the same text.
 */
export function toDot(graph: Graph): string {
  const { nodes, edges } = toDiagram(graph);
  const lines = [
    'graph [rankdir=LR, bgcolor=white, pad=0.2, nodesep=0.3, ranksep=0.6]',
    'node [fontname=Arial, fontsize=13, fontcolor="#111827", style=filled, margin="0.25,0.1"]',
    'edge [fontname=Arial, fontsize=11, fontcolor="#374151", color="#6b7280", arrowsize=0.8]',
    ...nodes.map(({ id, kind, title, note }) => `${quote(id)} [label=${quote(title, note)}, ${STYLES[kind]}]`),
    ...edges.map(({ from, to, label, detail }) => {
      const text = label === '' ? '' : `label=${quote(` ${label} `)}, `;
      return `${quote(from)} -> ${quote(to)} [${text}tooltip=${quote(detail)}]`;
    }),
  ];
  return ['digraph contracts {', ...lines.map((line) => `  ${line}`), '}', ''].join('\n');
}

/** Lines of text as one string of DOT, in which Graphviz reads backslashes (`\N` is the node's name) and entities. No control character has a place in an SVG. */
function quote(...lines: readonly string[]): string {
  const safe = lines.map((line) =>
    line
      .replace(/\p{Cc}/gu, ' ')
      .replaceAll('&', '&amp;')
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"'),
  );
  return `"${safe.join('\\n')}"`;
}
