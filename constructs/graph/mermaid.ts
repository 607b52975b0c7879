import { type DiagramNode, toDiagram } from './diagram.ts';
import type { Graph } from './graph.ts';

/** Opening and closing of each kind's shape in Mermaid. */
const SHAPES: Readonly<Record<DiagramNode['kind'], readonly [string, string]>> = {
  outside: ['([', '])'],
  service: ['[', ']'],
  store: ['[(', ')]'],
  topic: ['>', ']'],
};

/** The graph as a Mermaid flow chart, which GitHub and many editors render; deterministic. */
export function toMermaid(graph: Graph): string {
  const { nodes, edges } = toDiagram(graph);
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = nodes.map(({ id, kind, title, note }) => {
    const [open, close] = SHAPES[kind];
    return `  ${ids.get(id)}${open}"${title}<br/><small>${note}</small>"${close}`;
  });
  const links = edges.map(
    ({ from, to, label }) => `  ${ids.get(from)} -->${label === '' ? '' : `|"${label}"|`} ${ids.get(to)}`,
  );
  return ['flowchart LR', ...lines, ...links, ''].join('\n');
}
