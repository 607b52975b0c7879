/** The graph: what all contracts of a system say together. */
export { type Call, Graph, type Topic } from './graph.ts';
