import type { Construct } from 'constructs';
import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1.d.ts';
import { egressTo, ingressFrom, networkPolicy, podPeers, tcp } from '../kubernetes/network-policy.ts';
import { checksum, disruptionBudget, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { CONTROLLER, CONTROLLER_PORT, KAFKA, REPLICATION_PORT } from './constants.ts';
import { exporterConfig } from './metrics.ts';
import { type NodesProps, statefulSet } from './pods.ts';
import { LOGGING } from './start-script.ts';

export interface NodeObjectsProps {
  readonly system: string;
  /** `server.properties` of the nodes, without the settings that differ between pods. */
  readonly properties: string;
  readonly nodes: NodesProps;
  readonly origin: string;
}

/** Nodes of one kind: StatefulSet, Service, ConfigMap, disruption budget and network policy. */
export function makeNodes(scope: Construct, { system, properties, nodes, origin }: NodeObjectsProps): void {
  const { name, service, namespace, ports } = nodes;
  const labels = labelsOf(system, name);
  const selector = selectorOf(system, name);
  const metadata = { name, namespace, labels };
  const files = { 'server.properties': properties, 'exporter.yml': exporterConfig(), 'log4j2.properties': LOGGING };
  object(scope, 'config', origin, 'ConfigMap', { metadata, data: files });
  object(scope, 'names', origin, 'Service', {
    metadata: { ...metadata, name: service },
    // Nodes must resolve each other before they are ready, since readiness requires a quorum.
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector,
      ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number })),
    },
  });
  disruptionBudget(scope, origin, metadata, selector);
  networkPolicy(scope, 'network', `${origin} (between its nodes)`, {
    metadata,
    selector,
    ...among(system, name),
  });
  object(scope, 'nodes', origin, 'StatefulSet', {
    metadata,
    spec: statefulSet(nodes, labels, selector, checksum(...Object.entries(files).flat())),
  });
}

/** Peers of nodes: brokers connect to brokers and controllers; controllers to each other. */
function among(
  system: string,
  name: string,
): { ingress: NetworkPolicyIngressRule[]; egress: NetworkPolicyEgressRule[] } {
  const [brokers, controllers] = [selectorOf(system, KAFKA), selectorOf(system, CONTROLLER)];
  const toControllers = egressTo(controllers, CONTROLLER_PORT);
  if (name === CONTROLLER) {
    return {
      ingress: [{ from: podPeers(brokers, controllers), ports: tcp(CONTROLLER_PORT) }],
      egress: [toControllers],
    };
  }
  return {
    ingress: [ingressFrom(brokers, REPLICATION_PORT)],
    egress: [egressTo(brokers, REPLICATION_PORT), toControllers],
  };
}
