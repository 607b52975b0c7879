import type { Manifest } from '@groundwork/constructs';

type Labels = Readonly<Record<string, string>>;

/** A selector of a NetworkPolicy; ours use labels only. */
interface Selector {
  readonly matchLabels?: Labels;
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: unknown;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol?: string; readonly port?: number }[];
}

interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** Pods of one workload. */
export interface Pods {
  readonly name: string;
  readonly labels: Labels;
}

interface Templated {
  readonly template?: { readonly metadata?: { readonly labels?: Labels } };
  readonly jobTemplate?: { readonly spec: Templated };
}

/** Pods that the manifests create, by workload. */
export function podsOf(manifests: readonly Manifest[]): Pods[] {
  return manifests.flatMap((manifest) => {
    const spec = manifest.spec as Templated | undefined;
    const labels = (spec?.jobTemplate?.spec ?? spec)?.template?.metadata?.labels;
    // An operator creates its own pods.
    return labels === undefined ? [] : [{ name: labels['app.kubernetes.io/name'] ?? manifest.metadata.name, labels }];
  });
}

/** Ports in any of the policies. */
export function portsOf(manifests: readonly Manifest[]): number[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as Policy);
  const rules = policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  return [...new Set(rules.flatMap(({ ports = [] }) => ports.flatMap(({ port }) => port ?? [])))];
}

/** `egress` is what the policies of the caller allow, `ingress` what those of the target allow. */
export type Side = 'egress' | 'ingress';

/**
 * Whether the policies of one side allow a workload's pods to open a TCP connection to another's, in one namespace: a
 * pod
 * that a policy selects for a direction may do only what a policy allows in that direction. A connection needs both
 * sides.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export function allowsConnection(
  side: Side,
  manifests: readonly Manifest[],
  from: Pods,
  to: Pods,
  port: number,
): boolean {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as Policy);
  return side === 'egress' ? allowed(policies, 'Egress', from, to, port) : allowed(policies, 'Ingress', to, from, port);
}

function allowed(
  policies: readonly Policy[],
  direction: 'Ingress' | 'Egress',
  pods: Pods,
  peer: Pods,
  port: number,
): boolean {
  const selecting = policies.filter(
    ({ podSelector, policyTypes }) => policyTypes.includes(direction) && matches(podSelector, pods.labels),
  );
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap((policy) => (direction === 'Ingress' ? policy.ingress : policy.egress) ?? []);
  return rules.some((rule) => {
    const peers = direction === 'Ingress' ? rule.from : rule.to;
    // Peers in other namespaces, and peers by address, never match these pods.
    const known =
      peers === undefined ||
      peers.some(
        (one) => one.namespaceSelector === undefined && one.podSelector && matches(one.podSelector, peer.labels),
      );
    return known && (rule.ports === undefined || rule.ports.some((open) => open.port === port));
  });
}

function matches({ matchLabels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
