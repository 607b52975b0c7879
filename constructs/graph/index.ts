/** The graph of all contracts of a system, and diagrams of it. */
export { type Call, Graph, type Topic } from './graph.ts';
export { toMermaid } from './mermaid.ts';
export { type Arrow, type Box, pictureOf } from './picture.ts';
export { toSvg } from './svg.ts';
