/** The edge: how external clients reach the system. */
export { type Edge, edgeUrl, type IngressEdge, type LoadBalancerEdge, type NodePortEdge } from './edge.ts';
