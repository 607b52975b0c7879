export { type Diagram, type DiagramEdge, type DiagramNode, toDiagram } from './diagram.ts';
export { toDot } from './dot.ts';
/** The graph: what all contracts of a system say together, and pictures of it. */
export { type Call, Graph, type Topic } from './graph.ts';
export { toMermaid } from './mermaid.ts';
