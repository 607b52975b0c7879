import { ofKind, rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

interface Store {
  readonly volumeClaimTemplates?: readonly object[];
  readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string };
}

const store = (whenDeleted: string, whenScaled = 'Retain') => [
  workload(
    {},
    {
      kind: 'StatefulSet',
      fields: {
        volumeClaimTemplates: [{}],
        persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled },
      },
    },
  ),
];

export const claimsRetained = rule({
  id: 'claims-retained',
  why: 'otherwise data is deleted with the StatefulSet, or with a pod that a scale-down removes',
  source: 'Kubernetes documentation, StatefulSets: PersistentVolumeClaim retention',
  fix: "set persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' }",
  severity: 'critical',
  check: ofKind<{ spec: Store }>(
    'StatefulSet',
    ({ spec: { volumeClaimTemplates = [], persistentVolumeClaimRetentionPolicy: policy } }) =>
      volumeClaimTemplates.length === 0
        ? []
        : (['whenDeleted', 'whenScaled'] as const)
            .filter((when) => (policy?.[when] ?? 'Retain') !== 'Retain')
            .map((when) => ({
              field: `spec.persistentVolumeClaimRetentionPolicy.${when}`,
              what: `is ${policy?.[when]}`,
            })),
  ),
  samples: {
    good: store('Retain'),
    bad: store('Delete'),
    alsoBad: [store('Retain', 'Delete')],
    alsoGood: [
      [workload({}, { kind: 'StatefulSet' })],
      [workload({}, { kind: 'StatefulSet', fields: { volumeClaimTemplates: [{}] } })],
    ],
  },
});
