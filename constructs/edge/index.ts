/** The edge: how the world outside gets in. */
export { type Edge, edgeUrl, type IngressEdge, type LoadBalancerEdge, type NodePortEdge } from './edge.ts';
