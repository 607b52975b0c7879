import type { Manifest } from '@groundwork/constructs';
import type {
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from 'kubernetes-types/networking/v1.d.ts';
import { type Loose, ofKind, podTemplateOf, policyTypesOf, type Typed } from '../../../constructs/kubernetes/read.ts';
import { type Selector, selects } from '../../../constructs/kubernetes/selector.ts';

type Labels = Readonly<Record<string, string>>;
/** A rule of either direction. */
type Rule = Loose<NetworkPolicyIngressRule & NetworkPolicyEgressRule>;
type Peers = readonly Loose<NetworkPolicyPeer>[] | undefined;
interface Pods {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
}

const ANYWHERE = 'anywhere';

/**
 * Connections that the NetworkPolicies allow, such as `users → postgres:5432`. Both sides must allow a connection; for
 * a peer outside the environment's workloads, such as a network or another namespace, only the environment's side is
 * known.
 */
export function flows(manifests: readonly Manifest[]): Set<string> {
  const policies = ofKind(manifests, 'NetworkPolicy');
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

/** Names of all workloads. */
export function podsIn(manifests: readonly Manifest[]): Set<string> {
  return new Set(workloads(manifests).map(({ name }) => name));
}

function workloads(manifests: readonly Manifest[]): Pods[] {
  const found = new Map<string, Pods>();
  const namespaces = new Map(ofKind(manifests, 'Namespace').map(({ metadata }) => [metadata.name, metadata.labels]));
  for (const manifest of manifests) {
    const labels = podTemplateOf(manifest)?.metadata?.labels;
    if (labels === undefined) continue;
    const name = labels['app.kubernetes.io/name'] ?? manifest.metadata.name;
    const { namespace = 'default' } = manifest.metadata;
    // The API server adds the name to the labels of every namespace.
    const namespaceLabels = { ...namespaces.get(namespace), 'kubernetes.io/metadata.name': namespace };
    found.set(`${namespace}/${name}`, { name, namespace: manifest.metadata.namespace, namespaceLabels, labels });
  }
  return [...found.values()];
}

/** Rules of all policies that select the pods for a direction; undefined if none does, so everything is allowed. */
function rulesFor(
  policies: readonly Typed<'NetworkPolicy'>[],
  direction: 'Ingress' | 'Egress',
  pods: Pods,
): Rule[] | undefined {
  const selecting = policies.filter(
    (policy) =>
      policy.metadata.namespace === pods.namespace &&
      policyTypesOf(policy.spec).includes(direction) &&
      selects(policy.spec?.podSelector ?? {}, pods.labels),
  );
  return selecting.length === 0
    ? undefined
    : selecting.flatMap(({ spec }) => (direction === 'Ingress' ? spec?.ingress : spec?.egress) ?? []).map(withoutEmpty);
}

/** To the API server an empty list is none: all peers, all ports. */
function withoutEmpty(rule: Rule): Rule {
  return Object.fromEntries(Object.entries(rule).filter(([, list]) => list?.length));
}

function meets(peers: Peers, pods: Pods, namespace: string | undefined): boolean {
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

function outsiders(peers: Peers, unrestricted: boolean): string[] {
  if (peers === undefined) return unrestricted ? [] : [ANYWHERE];
  return peers.flatMap(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined) return ipBlock.cidr === undefined ? [] : [ipBlock.cidr];
    const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
    if (namespaceSelector === undefined) return [];
    const name = nameOf(podSelector);
    const where = namespace === undefined ? 'any namespace' : `namespace ${namespace}`;
    return [name === undefined ? where : `${name} in ${where}`];
  });
}

/** Peers whose pods are in no manifest, because an operator creates them. */
function operated(peers: Peers, pods: readonly Pods[]): string[] {
  return (peers ?? []).flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
    const name = nameOf(podSelector);
    const known =
      namespaceSelector !== undefined ||
      ipBlock !== undefined ||
      pods.some(({ labels }) => selects(podSelector ?? {}, labels));
    return known || name === undefined ? [] : [name];
  });
}

/** Labels that hold a name, Groundwork's before those of operators. */
const NAMES = ['app.kubernetes.io/name', 'strimzi.io/cluster', 'cnpg.io/poolerName', 'cnpg.io/cluster', 'k8s-app'];

/** A name for the pods that a selector selects. */
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
