import { ofKind, rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

const role = (rest: object) =>
  sample('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rest }],
  });

export const noWildcardRights = rule({
  id: 'no-wildcard-rights',
  why: 'a wildcard grants unintended rights, including those that a later version adds',
  source: 'CIS Kubernetes Benchmark v1.12, 5.1.3',
  fix: 'list groups, resources and verbs',
  severity: 'critical',
  check: ofKind(['Role', 'ClusterRole'], ({ rules }) =>
    (rules ?? []).flatMap((granted, index) =>
      (['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const)
        .filter((field) => granted[field]?.includes('*'))
        .map((field) => ({ field: `rules.${index}.${field}`, what: "is '*'" })),
    ),
  ),
  samples: {
    good: [role({})],
    bad: [role({ verbs: ['*'] })],
    alsoBad: [[role({ apiGroups: ['*'] })], [role({ resources: ['*'] })], [role({ nonResourceURLs: ['*'] })]],
  },
});
