import { ofKind, rule } from '../../rule.ts';
import { role } from '../../samples.ts';

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
    good: [role('ClusterRole', {})],
    bad: [role('ClusterRole', { verbs: ['*'] })],
    alsoBad: [
      [role('ClusterRole', { apiGroups: ['*'] })],
      [role('ClusterRole', { resources: ['*'] })],
      [role('ClusterRole', { nonResourceURLs: ['*'] })],
    ],
    nearMisses: [[role('ClusterRole', { nonResourceURLs: ['/metrics/*'] })]],
  },
});
