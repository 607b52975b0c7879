import { ConfigurationError } from '@groundwork/contract';
import type { Construct } from 'constructs';
import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf, object, selectorOf } from './object.ts';
import { errorIf } from './validate.ts';

type Labels = Readonly<Record<string, string>>;

/** Networks and ports outside of the cluster, as a NetworkPolicy can name them. */
export interface ExternalEndpoint {
  /** Networks in CIDR notation, such as `203.0.113.0/24`. */
  readonly cidrs: readonly string[];
  /** TCP ports. */
  readonly ports: readonly number[];
}

/** Pods that accept connections from other pods. */
export interface NetworkEndpoint {
  /** Such as `postgres`. */
  readonly name: string;
  /** Labels of the pods. @default those of the name */
  readonly selector?: Labels;
  /** TCP port that the pods listen on. */
  readonly port: number;
}

/** Pods that connect to others. */
export interface NetworkPeers {
  /** Such as the service's name. */
  readonly name: string;
  /** Labels of the pods, one set for each kind of pod. */
  readonly selectors: readonly Labels[];
}

export interface NetworkPolicyProps {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Labels };
  /** Labels of the pods that the policy is for. @default all pods of the namespace */
  readonly selector?: Labels;
  /** @default nothing may connect to the pods */
  readonly ingress?: NetworkPolicyIngressRule[];
  /** @default the pods may connect to nothing */
  readonly egress?: NetworkPolicyEgressRule[];
}

export function tcp(...ports: readonly number[]): NetworkPolicyPort[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

/** Pods of the policy's own namespace that have one of these sets of labels. */
export function podPeers(...selectors: readonly Labels[]): NetworkPolicyPeer[] {
  return selectors.map((matchLabels) => ({ podSelector: { matchLabels: { ...matchLabels } } }));
}

/** All pods of a namespace, by the label that every namespace has. */
export function namespacePeer(name: string): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

export function ingressFrom(selector: Labels, ...ports: readonly number[]): NetworkPolicyIngressRule {
  return { from: podPeers(selector), ports: tcp(...ports) };
}

export function egressTo(selector: Labels, ...ports: readonly number[]): NetworkPolicyEgressRule {
  return { to: podPeers(selector), ports: tcp(...ports) };
}

export function egressToExternal({ cidrs, ports }: ExternalEndpoint): NetworkPolicyEgressRule {
  return { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: tcp(...ports) };
}

/** Isolates pods in both directions, except for the rules given and for what `addNetworkRules` adds elsewhere. */
export function networkPolicy(scope: Construct, id: string, origin: string, props: NetworkPolicyProps): void {
  makePolicy(scope, id, origin, props, ['Ingress', 'Egress']);
}

/** Adds rules to those of the pods' other policies; a direction without rules stays as those have it. */
export function addNetworkRules(scope: Construct, id: string, origin: string, props: NetworkPolicyProps): void {
  const types = [...(props.ingress ? ['Ingress'] : []), ...(props.egress ? ['Egress'] : [])];
  makePolicy(scope, id, origin, props, types);
}

/** Lets pods connect to an endpoint. This is the endpoint's side; the policy of the peers allows the other. */
export function allowIngress(
  scope: Construct,
  { namespace, system }: { readonly namespace: string; readonly system: string },
  to: NetworkEndpoint,
  from: NetworkPeers,
  origin: string,
): void {
  addNetworkRules(scope, 'let-in', origin, {
    metadata: { name: `${to.name}-from-${from.name}`, namespace, labels: labelsOf(system, to.name) },
    selector: to.selector ?? selectorOf(system, to.name),
    ingress: [{ from: podPeers(...from.selectors), ports: tcp(to.port) }],
  });
}

/** Rejects an empty list, which would allow everything, and values that are not in CIDR notation. */
export function validateExternalEndpoints(where: string, endpoints: readonly ExternalEndpoint[]): ConfigurationError[] {
  return endpoints.flatMap(({ cidrs, ports }, index) => {
    const at = `${where}[${index}]`;
    const found: ConfigurationError[] = [];
    if (cidrs.length === 0)
      found.push(
        new ConfigurationError({
          code: 'network-open',
          where: `${at} › cidrs`,
          problem: 'the list of networks must not be empty: an empty list in a NetworkPolicy allows every address',
          fix: "list the networks, such as '203.0.113.0/24'",
        }),
      );
    if (ports.length === 0)
      found.push(
        new ConfigurationError({
          code: 'network-open',
          where: `${at} › ports`,
          problem: 'the list of ports must not be empty: an empty list in a NetworkPolicy allows every port',
          fix: 'list the ports, such as 443',
        }),
      );
    for (const cidr of cidrs) {
      if (!isCidr(cidr))
        found.push(
          new ConfigurationError({
            code: 'cidr-invalid',
            where: `${at} › cidrs`,
            problem: `the network must be in CIDR notation, got '${cidr}'`,
            fix: "write '203.0.113.0/24', or '203.0.113.7/32' for one address",
          }),
        );
    }
    return found;
  });
}

/** Rejects a selector without labels, which selects every pod of the namespace. */
export function validateSelector(where: string, selector: Labels | undefined): ConfigurationError[] {
  return errorIf(Object.keys(selector ?? {}).length === 0, {
    code: 'network-open',
    where,
    problem: 'the selector must have labels: an empty one in a NetworkPolicy selects every pod',
    fix: "name labels of the pods, such as { 'app.kubernetes.io/name': 'ovens' }",
  });
}

/** Whether a text is a network in CIDR notation, IPv4 or IPv6. */
export function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  if (/^\d+(\.\d+){3}$/.test(address)) return address.split('.').every((part) => Number(part) <= 255) && +bits <= 32;
  return address.includes(':') && URL.canParse(`http://[${address}]`) && Number(bits) <= 128;
}

function makePolicy(
  scope: Construct,
  id: string,
  origin: string,
  { metadata, selector, ingress, egress }: NetworkPolicyProps,
  policyTypes: string[],
): void {
  object(scope, id, origin, 'NetworkPolicy', {
    metadata,
    spec: {
      podSelector: selector === undefined ? {} : { matchLabels: { ...selector } },
      policyTypes,
      ...(ingress && { ingress }),
      ...(egress && { egress }),
    },
  });
}

/** Address of the API server behind the Service `kubernetes`. It is not a pod, so network policies list networks. */
export type ApiServer = ExternalEndpoint;

/** Private networks (RFC 1918). */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

const USUAL: ApiServer = { cidrs: PRIVATE_NETWORKS, ports: [443, 6443] };

export function egressToApiServer(apiServer: ApiServer = USUAL): NetworkPolicyEgressRule {
  return egressToExternal(apiServer);
}
