import type { Manifest } from '@groundwork/constructs';
import { ofKind, rule } from '../../rule.ts';

const LABEL = 'pod-security.kubernetes.io/enforce';
const namespace = (level: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'town', labels: { [LABEL]: level } },
});

export const namespaceRestricted = rule({
  id: 'namespace-restricted',
  why: 'a check of manifests does not apply to pods from other sources, which the API server must reject itself',
  source: 'CIS Kubernetes Benchmark v1.12, 5.2.1; Pod Security Admission, Pod Security Standards: restricted',
  fix: `label the namespace ${LABEL}: restricted`,
  severity: 'critical',
  check: ofKind('Namespace', ({ metadata: { labels = {} } }) =>
    labels[LABEL] === 'restricted'
      ? []
      : [{ field: `metadata.labels.${LABEL}`, what: `is ${labels[LABEL] ?? 'not set'}` }],
  ),
  samples: {
    good: [namespace('restricted')],
    bad: [namespace('baseline')],
    alsoBad: [[{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town' } }]],
    nearMisses: [
      [
        {
          ...namespace('restricted'),
          metadata: { name: 'town', labels: { [LABEL]: 'restricted', [LABEL.replace('enforce', 'warn')]: 'baseline' } },
        },
      ],
    ],
  },
});
