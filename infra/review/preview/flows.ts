import type { Manifest } from '@groundwork/constructs';
import { type Selector, selects } from '../../../constructs/kubernetes/selector.ts';
import { templateOf } from './workloads.ts';

type Labels = Readonly<Record<string, string>>;
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly {
    readonly protocol?: string;
    readonly port?: number | string;
    readonly endPort?: number;
  }[];
}
interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}
interface Pods {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

const ANYWHERE = 'anywhere';

/**
 * Who may open connections to whom, as the NetworkPolicies have it: `users → postgres:5432`. Both sides must let a
 * connection through; of a peer that is no workload of the environment, such as a network or another namespace, only
 * our side is known.
 */
export function flows(manifests: readonly Manifest[]): Set<string> {
  const policies = manifests
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ spec, metadata }) => ({ ...(spec as Policy), namespace: metadata.namespace }));
  const pods = workloads(manifests);
  const found = new Set<string>();
  for (const one of pods) {
    const out = rulesFor(policies, 'Egress', one);
    for (const rule of out ?? [{}]) {
      for (const outside of [...outsiders(rule.to, out === undefined), ...operated(rule.to, pods)])
        for (const port of ports(rule)) found.add(`${one.name} → ${outside}${port}`);
    }
    const incoming = rulesFor(policies, 'Ingress', one);
    for (const rule of incoming ?? [{}]) {
      for (const outside of outsiders(rule.from, incoming === undefined))
        for (const port of ports(rule)) found.add(`${outside} → ${one.name}${port}`);
      for (const other of pods) {
        if (other.name === one.name || !meets(rule.from, other, one.namespace)) continue;
        const lets = rulesFor(policies, 'Egress', other);
        for (const port of ports(rule)) {
          const through =
            lets === undefined ||
            lets.some(
              (egress) =>
                meets(egress.to, one, other.namespace) &&
                (egress.ports === undefined || port === '' || ports(egress).includes(port)),
            );
          if (through) found.add(`${other.name} → ${one.name}${port}`);
        }
      }
    }
  }
  return found;
}

/** Names of all that has pods. */
export function podsIn(manifests: readonly Manifest[]): Set<string> {
  return new Set(workloads(manifests).map(({ name }) => name));
}

function workloads(manifests: readonly Manifest[]): Pods[] {
  const found = new Map<string, Pods>();
  const namespaces = new Map(
    manifests
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => [metadata.name, (metadata as { readonly labels?: Labels }).labels]),
  );
  for (const manifest of manifests) {
    const labels = templateOf(manifest)?.metadata?.labels;
    if (labels === undefined) continue;
    const name = labels['app.kubernetes.io/name'] ?? manifest.metadata.name;
    const { namespace = 'default' } = manifest.metadata;
    // The API server adds the name to the labels of every namespace.
    const namespaceLabels = { ...namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace };
    found.set(`${namespace}/${name}`, { name, namespace: manifest.metadata.namespace, namespaceLabels, labels });
  }
  return [...found.values()];
}

/** Rules of all policies that select the pods for a direction; undefined if none does, and so everything is let through. */
function rulesFor(
  policies: readonly (Policy & { readonly namespace: string | undefined })[],
  direction: 'Ingress' | 'Egress',
  pods: Pods,
): Rule[] | undefined {
  const selecting = policies.filter(
    (policy) =>
      policy.namespace === pods.namespace &&
      (policy.policyTypes ?? ['Ingress']).includes(direction) &&
      selects(policy.podSelector, pods.labels),
  );
  return selecting.length === 0
    ? undefined
    : selecting.flatMap((policy) => (direction === 'Ingress' ? policy.ingress : policy.egress) ?? []);
}

function meets(peers: readonly Peer[] | undefined, pods: Pods, namespace: string | undefined): boolean {
  if (peers === undefined) return true;
  return peers.some((peer) => {
    if (peer.ipBlock !== undefined) return false;
    const near =
      peer.namespaceSelector === undefined
        ? pods.namespace === namespace
        : selects(peer.namespaceSelector, pods.namespaceLabels);
    return near && selects(peer.podSelector ?? {}, pods.labels);
  });
}

function outsiders(peers: readonly Peer[] | undefined, unrestricted: boolean): string[] {
  if (peers === undefined) return unrestricted ? [] : [ANYWHERE];
  return peers.flatMap(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined) return [ipBlock.cidr];
    const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
    if (namespaceSelector === undefined) return [];
    const formatSome = nameOf(podSelector);
    return [
      `${formatSome === undefined ? '' : `${formatSome} in `}${namespace === undefined ? 'any namespace' : `namespace ${namespace}`}`,
    ];
  });
}

/** Peers whose pods no manifest holds: an operator makes them. */
function operated(peers: readonly Peer[] | undefined, pods: readonly Pods[]): string[] {
  return (peers ?? []).flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
    const name = nameOf(podSelector);
    const known =
      namespaceSelector !== undefined ||
      ipBlock !== undefined ||
      pods.some(({ labels }) => selects(podSelector ?? {}, labels));
    return known || name === undefined ? [] : [name];
  });
}

/** Labels that hold a name, ours before the operators'. */
const NAMES = ['app.kubernetes.io/name', 'strimzi.io/cluster', 'cnpg.io/poolerName', 'cnpg.io/cluster', 'k8s-app'];

/** What a selector calls the pods that it selects. */
function nameOf({ matchLabels = {} }: Selector = {}): string | undefined {
  return NAMES.map((label) => matchLabels[label]).find((name) => name !== undefined) ?? Object.values(matchLabels)[0];
}

function ports({ ports: open }: Rule): string[] {
  return (
    open?.map(({ port, endPort }) =>
      port === undefined ? '' : `:${port}${endPort === undefined ? '' : `–${endPort}`}`,
    ) ?? ['']
  );
}
