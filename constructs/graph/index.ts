/** The graph of all contracts of a system, diagrams of it, and the description of its events. */
export { type AsyncApiDocument, type AsyncApiOptions, toAsyncApi } from './asyncapi.ts';
export { type Diagram, type DiagramEdge, type DiagramNode, toDiagram } from './diagram.ts';
export { toDot } from './dot.ts';
export { type Call, Graph, type Topic } from './graph.ts';
export { toMermaid } from './mermaid.ts';
