import { policyTypesOf } from '../../../../../constructs/kubernetes/read.ts';
import { takesAll } from '../../../../../constructs/kubernetes/selector.ts';
import { allOf } from '../../context.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town' } };
const policy = (policyTypes: string[], rest: object = {}) =>
  sample('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', {
    spec: { podSelector: {}, policyTypes, ...rest },
  });

export const defaultDeny = rule({
  id: 'default-deny',
  why: 'without it a new pod accepts and opens all connections until a policy selects it',
  source: 'CIS Kubernetes Benchmark v1.12, 5.3.2; NSA/CISA Kubernetes Hardening Guide v1.2, Network policies',
  fix: 'create a NetworkPolicy with an empty podSelector, both policyTypes and no rules',
  severity: 'critical',
  sees: 'environment',
  check: ofKind('Namespace', ({ metadata: { name } }, context) => {
    const closed = allOf(context, 'NetworkPolicy')
      .filter(({ metadata, spec }) => metadata.namespace === name && takesAll(spec?.podSelector ?? {}))
      .flatMap((policy) =>
        policyTypesOf(policy.spec).filter((type) => !policy.spec?.[type === 'Ingress' ? 'ingress' : 'egress']?.length),
      );
    const open = ['Ingress', 'Egress'].filter((type) => !closed.includes(type));
    return open.map((type) => ({
      field: 'metadata.name',
      what: `is '${name}', which has no policy that denies ${type} by default`,
    }));
  }),
  samples: {
    good: [namespace, policy(['Ingress', 'Egress'])],
    bad: [namespace, policy(['Ingress'])],
    alsoBad: [
      [namespace, policy(['Egress'])],
      [namespace, policy(['Ingress', 'Egress'], { egress: [{}] })],
      [namespace, policy(['Ingress', 'Egress'], { podSelector: { matchLabels: { a: 'b' } } })],
      [{ ...namespace, metadata: { name: 'other' } }, policy(['Ingress', 'Egress'])],
    ],
    nearMisses: [
      [namespace, policy(['Ingress']), policy(['Egress'], { podSelector: { matchLabels: {} } })],
      [namespace, policy(['Egress'], { podSelector: { matchLabels: {}, matchExpressions: [] } }), policy([])],
    ],
  },
});
