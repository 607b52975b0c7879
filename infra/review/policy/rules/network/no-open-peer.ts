import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts';
import type { Loose } from '../../../../../constructs/kubernetes/read.ts';
import { takesAll } from '../../../../../constructs/kubernetes/selector.ts';
import { coverAll } from '../../cidr.ts';
import { type Fault, ofKind, rule } from '../../rule.ts';
import { podSelector, sample } from '../../samples.ts';

const rules = (...egress: object[]) => [
  sample('networking.k8s.io/v1', 'NetworkPolicy', 'users', { spec: { podSelector, policyTypes: ['Egress'], egress } }),
];
const to = (...peers: object[]) => rules({ to: peers });

export const noOpenPeer = rule({
  id: 'no-open-peer',
  why: 'a rule without peers allows the whole internet, all namespaces, and the metadata service of the cloud',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Network policies; CIS Kubernetes Benchmark v1.12, 5.3.2',
  fix: 'select the pods or the smallest range of addresses; for the internet, exclude private and link-local ranges',
  severity: 'critical',
  check: ofKind('NetworkPolicy', ({ spec }) => [
    ...faults(
      'spec.ingress',
      (spec?.ingress ?? []).map(({ from, ports }) => ({ list: 'from', peers: from, ports })),
    ),
    ...faults(
      'spec.egress',
      (spec?.egress ?? []).map(({ to, ports }) => ({ list: 'to', peers: to, ports })),
    ),
  ]),
  samples: {
    good: to({
      ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] },
    }),
    bad: to({ ipBlock: { cidr: '0.0.0.0/0' } }),
    alsoBad: [
      to({ ipBlock: { cidr: '::/0' } }),
      to({ ipBlock: { cidr: '0.0.0.0/1' } }, { ipBlock: { cidr: '128.0.0.0/1' } }),
      to({ ipBlock: { cidr: '8000::/1' } }, { podSelector }, { ipBlock: { cidr: '::/1' } }),
      to({ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }, { ipBlock: { cidr: '10.0.0.0/8' } }),
      rules({ to: [{ ipBlock: { cidr: '0.0.0.0/1' } }] }, { to: [{ ipBlock: { cidr: '128.0.0.0/1' } }] }),
      to(),
      to({ namespaceSelector: {} }),
      to({ namespaceSelector: { matchLabels: {} }, podSelector: { matchExpressions: [] } }),
      to({ podSelector }, { namespaceSelector: {} }),
      [sample('networking.k8s.io/v1', 'NetworkPolicy', 'users', { spec: { podSelector, ingress: [{}] } })],
    ],
    nearMisses: [
      to({ namespaceSelector: {}, podSelector }, { podSelector: {} }),
      to({ ipBlock: { cidr: '0.0.0.0/1' } }, { ipBlock: { cidr: '8000::/1' } }),
      rules(
        { to: [{ ipBlock: { cidr: '0.0.0.0/1' } }], ports: [{ port: 80 }] },
        { to: [{ ipBlock: { cidr: '128.0.0.0/1' } }], ports: [{ port: 443 }] },
      ),
    ],
  },
});

/** One rule of a direction. */
interface PeerRule {
  /** `from` or `to`. */
  readonly list: string;
  readonly peers: readonly Loose<NetworkPolicyPeer>[] | undefined;
  readonly ports: readonly object[] | undefined;
}

function faults(at: string, rules: readonly PeerRule[]): Fault[] {
  const places = rules.flatMap(({ list, peers = [], ports }, rule) =>
    peers.map((peer, index) => ({ ...peer, ports: JSON.stringify(ports ?? []), at: `${at}.${rule}.${list}.${index}` })),
  );
  const blocks = places.flatMap(({ ipBlock, ...place }) =>
    ipBlock?.cidr === undefined ? [] : [{ ...place, ipBlock: { ...ipBlock, cidr: ipBlock.cidr } }],
  );
  const byPorts = [...Map.groupBy(blocks, ({ ports }) => ports).values()];
  return [
    ...rules.flatMap(({ list, peers }, rule) =>
      peers?.length ? [] : [{ field: `${at}.${rule}.${list}`, what: 'has no peers, which allows all' }],
    ),
    ...byPorts.flatMap((same): Fault[] => {
      const [first] = same;
      if (first === undefined || !coverAll(same.map(({ ipBlock }) => ipBlock))) return [];
      const cidrs = same.map(({ ipBlock }) => ipBlock.cidr).join(' and ');
      return [{ field: `${first.at}.ipBlock.cidr`, what: `is ${cidrs}, which allows all addresses` }];
    }),
    ...places
      .filter(
        ({ namespaceSelector, podSelector }) =>
          namespaceSelector && takesAll(namespaceSelector) && takesAll(podSelector ?? {}),
      )
      .map(({ at }) => ({
        field: `${at}.namespaceSelector`,
        what: 'is empty, which selects every pod of every namespace',
      })),
  ];
}
