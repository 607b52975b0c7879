import type { Construct } from 'constructs';
import type { NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1.d.ts';
import type { Edge } from '../edge/edge.ts';
import { egressTo, ingressFrom, namespacePeer, networkPolicy, tcp } from '../kubernetes/network-policy.ts';
import { labelsOf, selectorOf } from '../kubernetes/object.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import { PORTS } from './environment.ts';

/**
 * Network policies of one service in both directions: its callers may connect to its HTTP port; it may connect to its
 * callees and backing services. DNS is allowed by the platform, and Kubernetes always allows probes.
 */
export function makeNetwork(
  scope: Construct,
  { graph, edge }: Platform,
  workload: Workload,
  connections: readonly Connection[],
): void {
  const { name, contract, system, namespace, selector } = workload;
  const callers = graph.callersOf(name).map((caller) => ingressFrom(selectorOf(system, caller), PORTS.http));
  const callees = graph.calleesOf(name).map((callee) => egressTo(selectorOf(system, callee), PORTS.http));
  const peers = connections.flatMap(({ peers = [] }) => peers.map((peer) => egressTo(peer.selector, peer.port)));
  const edgeRules = contract.edge && edge !== undefined ? [fromEdge(edge)] : [];
  networkPolicy(scope, 'network', `contract '${name}' › calls, owns, edge, and its callers`, {
    metadata: { name, namespace, labels: labelsOf(system, name) },
    selector,
    ingress: [...edgeRules, ...callers],
    egress: [...callees, ...peers],
  });
}

function fromEdge(edge: Edge): NetworkPolicyIngressRule {
  const ports = tcp(PORTS.http);
  if (edge.kind === 'ingress') return { from: [namespacePeer(edge.controllerNamespace)], ports };
  if (edge.kind === 'load-balancer') return { from: edge.sourceRanges.map((cidr) => ({ ipBlock: { cidr } })), ports };
  return { ports }; // a connection to a NodePort may come from any node's address
}
