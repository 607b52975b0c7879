import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1.d.ts';
import type { Loose } from '../../../../../constructs/kubernetes/read.ts';
import { takesAll } from '../../../../../constructs/kubernetes/selector.ts';
import { type Fault, ofKind, rule } from '../../rule.ts';
import { podSelector, sample } from '../../samples.ts';

const to = (...peers: object[]) => [
  sample('networking.k8s.io/v1', 'NetworkPolicy', 'users', {
    spec: { podSelector, policyTypes: ['Egress'], egress: [{ to: peers }] },
  }),
];

export const noOpenPeer = rule({
  id: 'no-open-peer',
  why: 'a rule without peers allows the whole internet, all namespaces, and the metadata service of the cloud',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Network policies; CIS Kubernetes Benchmark v1.12, 5.3.2',
  fix: 'select the pods or the smallest range of addresses; for the internet, exclude private and link-local ranges',
  severity: 'critical',
  check: ofKind('NetworkPolicy', ({ spec: { ingress = [], egress = [] } = { podSelector: {} } }) => [
    ...ingress.flatMap(({ from }, index) => faults(from, `spec.ingress.${index}.from`)),
    ...egress.flatMap(({ to }, index) => faults(to, `spec.egress.${index}.to`)),
  ]),
  samples: {
    good: to({
      ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] },
    }),
    bad: to({ ipBlock: { cidr: '0.0.0.0/0' } }),
    alsoBad: [
      to({ ipBlock: { cidr: '::/0' } }),
      to(),
      to({ namespaceSelector: {} }),
      to({ namespaceSelector: { matchLabels: {} }, podSelector: { matchExpressions: [] } }),
      to({ podSelector }, { namespaceSelector: {} }),
      [sample('networking.k8s.io/v1', 'NetworkPolicy', 'users', { spec: { podSelector, ingress: [{}] } })],
    ],
    alsoGood: [to({ namespaceSelector: {}, podSelector }, { podSelector: {} })],
  },
});

function faults(peers: readonly Loose<NetworkPolicyPeer>[] | undefined, field: string): Fault[] {
  if (!peers?.length) return [{ field, what: 'has no peers, which allows all' }];
  return peers.flatMap(({ ipBlock, namespaceSelector, podSelector }, index): Fault[] => {
    if (ipBlock && /\/0$/.test(ipBlock.cidr ?? '') && !ipBlock.except?.length)
      return [{ field: `${field}.${index}.ipBlock.cidr`, what: `is ${ipBlock.cidr}, without exceptions` }];
    return namespaceSelector && takesAll(namespaceSelector) && takesAll(podSelector ?? {})
      ? [{ field: `${field}.${index}.namespaceSelector`, what: 'is empty, which selects every pod of every namespace' }]
      : [];
  });
}
