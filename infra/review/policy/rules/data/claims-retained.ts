import { valueAt } from '@groundwork/constructs';
import { ofKind, rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

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
  check: ofKind('StatefulSet', ({ spec }) =>
    (spec?.volumeClaimTemplates ?? []).length === 0
      ? []
      : ['whenDeleted', 'whenScaled'].flatMap((when) => {
          const policy = valueAt(spec, 'persistentVolumeClaimRetentionPolicy', when) ?? 'Retain';
          return policy === 'Retain'
            ? []
            : [{ field: `spec.persistentVolumeClaimRetentionPolicy.${when}`, what: `is ${policy}` }];
        }),
  ),
  samples: {
    good: store('Retain'),
    bad: store('Delete'),
    alsoBad: [store('Retain', 'Delete')],
    nearMisses: [
      [workload({}, { kind: 'StatefulSet' })],
      [workload({}, { kind: 'StatefulSet', fields: { volumeClaimTemplates: [{}] } })],
    ],
  },
});
