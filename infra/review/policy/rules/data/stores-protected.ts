import { holdsData } from '../../../../bridge/data-stores.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

export const storesProtected = rule({
  id: 'stores-protected',
  why: 'a store that leaves the program by mistake is deleted by the next deployment',
  source: 'Pulumi documentation, resource option protect',
  fix: 'set protectData in the environment',
  severity: 'critical',
  sees: 'environment',
  check: (object, { isProtected = () => true }) =>
    holdsData(object) && !isProtected(object)
      ? [{ field: 'protect', what: 'is not set, and the object holds data' }]
      : [],
  samples: {
    good: [sample('v1', 'PersistentVolumeClaim', 'protected')],
    bad: [sample('v1', 'PersistentVolumeClaim', 'users')],
  },
});
