import { allOf } from '../../context.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town' } };

export const namespaceLimits = rule({
  id: 'namespace-limits',
  why: 'a namespace without limits can exhaust the nodes for all others',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Resource policies',
  fix: 'create a ResourceQuota for the namespace, and a LimitRange for containers without requests and limits',
  severity: 'warning',
  sees: 'environment',
  check: ofKind('Namespace', ({ metadata: { name } }, context) =>
    (['ResourceQuota', 'LimitRange'] as const)
      .filter((kind) => !allOf(context, kind).some(({ metadata }) => metadata.namespace === name))
      .map((kind) => ({ field: 'metadata.name', what: `is '${name}', which has no ${kind}` })),
  ),
  samples: {
    good: [namespace, sample('v1', 'ResourceQuota', 'town'), sample('v1', 'LimitRange', 'town')],
    bad: [namespace, sample('v1', 'LimitRange', 'town')],
    alsoBad: [[namespace, sample('v1', 'ResourceQuota', 'town')], [namespace]],
    nearMisses: [
      [
        namespace,
        sample('v1', 'LimitRange', 'a'),
        sample('v1', 'ResourceQuota', 'b'),
        sample('v1', 'ResourceQuota', 'c'),
      ],
    ],
  },
});
