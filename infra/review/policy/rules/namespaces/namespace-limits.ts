import { allOf } from '../../context.ts';
import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town' } };

export const namespaceLimits = rule({
  id: 'namespace-limits',
  why: 'one namespace that grows without limit takes the nodes from all others',
  source: 'NSA/CISA Kubernetes Hardening Guide v1.2, Resource policies',
  fix: 'make a ResourceQuota for the whole, and a LimitRange for containers that state nothing',
  severity: 'warning',
  sees: 'environment',
  check: ofKind('Namespace', ({ metadata: { name } }, context) =>
    ['ResourceQuota', 'LimitRange']
      .filter((kind) => !allOf(context, kind).some(({ metadata }) => metadata.namespace === name))
      .map((kind) => ({ field: 'metadata.name', what: `is '${name}', which has no ${kind}` })),
  ),
  samples: {
    good: [namespace, sample('v1', 'ResourceQuota', 'town'), sample('v1', 'LimitRange', 'town')],
    bad: [namespace, sample('v1', 'LimitRange', 'town')],
    alsoBad: [[namespace, sample('v1', 'ResourceQuota', 'town')], [namespace]],
  },
});
