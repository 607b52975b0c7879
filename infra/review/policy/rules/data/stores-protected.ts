import { holdsData } from '../../../../bridge/data-stores.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const storesProtected = rule({
  id: 'stores-protected',
  why: 'a store that is accidentally removed from the program is deleted by the next deployment',
  source: 'Pulumi documentation, resource option protect',
  fix: 'set protectData in the environment',
  severity: 'critical',
  sees: 'environment',
  check: (object, { isProtected = () => true }) =>
    holdsData(object) && !isProtected(object)
      ? [{ field: 'protect', what: 'is not set, but the object stores data' }]
      : [],
  samples: {
    good: [sample('v1', 'PersistentVolumeClaim', 'protected')],
    bad: [sample('v1', 'PersistentVolumeClaim', 'users')],
    alsoBad: [[sample('apps/v1', 'StatefulSet', 'users', { spec: { volumeClaimTemplates: [{}] } })]],
    nearMisses: [[sample('apps/v1', 'StatefulSet', 'users', { spec: { volumeClaimTemplates: [] } })]],
  },
});
