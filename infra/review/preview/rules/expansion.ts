import { ofKind, type Typed } from '../../../../constructs/kubernetes/read.ts';
import { quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { resized } from './data.ts';
import { about, type EnvironmentRule } from './rule.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Volumes that are expanded, which only some storage classes support. */
export const expansion: EnvironmentRule = {
  id: 'expansion',
  check: ({ changes, after: all }) => {
    const classes = ofKind(all, 'StorageClass');
    return changes.filter(({ action }) => action !== 'replace').flatMap((change) => grown(change, classes));
  },
};

function grown(change: ObjectChange, classes: readonly Typed<'StorageClass'>[]): Observation[] {
  const names = [...new Set(classesIn(change.after?.spec))];
  const chosen =
    names.length > 0
      ? names.map((name) => classes.find(({ metadata }) => metadata.name === name))
      : classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true');
  return resized(change)
    .filter(({ before, after }) => before !== undefined && (quantity(after) ?? 0n) > (quantity(before) ?? 0n))
    .flatMap((field): Observation[] => {
      if (chosen.some((one) => one !== undefined && one.allowVolumeExpansion !== true)) {
        const what = `its volumes would grow, which their storage class doesn't allow: the ${change.kind} is rejected or keeps its size`;
        const advice = 'set allowVolumeExpansion on the class if its driver supports it, or migrate to a new volume';
        return [about(change, 'critical', what, advice, field)];
      }
      if (chosen.length > 0 && chosen.every((one) => one !== undefined)) return [];
      const what = `its volumes grow, if their storage class${names.length > 0 ? ` (${names.join(', ')})` : ''} allows it`;
      const advice = 'check `kubectl get storageclass`: ALLOWVOLUMEEXPANSION must be true, otherwise this is rejected';
      return [about(change, 'info', what, advice, field)];
    });
}

/** Storage classes that a spec names, whatever its kind calls the field. */
function classesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(classesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    ['storageClassName', 'storageClass', 'class'].includes(key) && typeof part === 'string' ? [part] : classesIn(part),
  );
}
