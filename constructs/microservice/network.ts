import type { Construct } from 'constructs';
import type { NetworkPolicy, NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1.d.ts';
import type { Edge } from '../edge/edge.ts';
import { labelsOf, selectorOf } from '../kubernetes/labels.ts';
import { object } from '../kubernetes/object.ts';
import type { Connection, Platform, Workload } from '../platform/index.ts';
import { PORTS } from './environment.ts';

/**
 * The network of one service, both directions, as the graph has it: its callers get to its HTTP port, it gets to those
 * it calls and to its backing services. DNS and probes need no line here, see the platform.
 */
export function makeNetwork(
  scope: Construct,
  { graph, edge }: Platform,
  workload: Workload,
  connections: readonly Connection[],
): void {
  const { name, contract, system, namespace, selector } = workload;
  const pods = (labels: Readonly<Record<string, string>>) => [{ podSelector: { matchLabels: { ...labels } } }];
  const tcp = (port: number) => [{ protocol: 'TCP', port }];
  const callers = graph
    .callersOf(name)
    .map((caller) => ({ from: pods(selectorOf(system, caller)), ports: tcp(PORTS.http) }));
  const callees = graph
    .calleesOf(name)
    .map((callee) => ({ to: pods(selectorOf(system, callee)), ports: tcp(PORTS.http) }));
  const peers = connections
    .flatMap((connection) => connection.peers ?? [])
    .map((peer) => ({ to: pods(peer.selector), ports: tcp(peer.port) }));
  const edgeRules = contract.edge && edge !== undefined ? [fromEdge(edge)] : [];
  object<NetworkPolicy>(scope, 'network', `contract '${name}' › calls, owns, edge, and those who call it`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labelsOf(system, name) },
    spec: {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [...edgeRules, ...callers],
      egress: [...callees, ...peers],
    },
  });
}

function fromEdge(edge: Edge): NetworkPolicyIngressRule {
  const ports = [{ protocol: 'TCP', port: PORTS.http }];
  if (edge.kind === 'ingress') {
    return {
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': edge.controllerNamespace } } }],
      ports,
    };
  }
  if (edge.kind === 'load-balancer') return { from: edge.sourceRanges.map((cidr) => ({ ipBlock: { cidr } })), ports };
  return { ports }; // a NodePort may come from any node's address
}
