import type { Manifest } from '@groundwork/constructs';
import { pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import type { EnvironmentRule } from './rule.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/**
 * Volumes that are to grow, which only some storage classes do. A StatefulSet's claims can't change at all, which
 * `replacements` tells.
 */
export const expansion: EnvironmentRule = {
  id: 'expansion',
  check: ({ changes, after: all }) => {
    const classes = all.filter(({ kind }) => kind === 'StorageClass') as readonly StorageClass[];
    return changes
      .filter(({ kind, action }) => kind !== 'StatefulSet' && action !== 'replace')
      .flatMap((change) => grown(change, classes));
  },
};

interface StorageClass extends Manifest {
  readonly metadata: Manifest['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly allowVolumeExpansion?: boolean;
}

function grown({ id, kind, after, fields, why }: ObjectChange, classes: readonly StorageClass[]): Observation[] {
  return fields
    .filter(
      ({ path }) =>
        (path.at(-1) === 'storage' && path.at(-2) === 'requests') ||
        (path.at(-1) === 'size' && path.includes('storage')),
    )
    .filter(({ before, after: value }) => before !== undefined && (quantity(value) ?? 0) > (quantity(before) ?? 0))
    .flatMap(({ path, before, after: value }): Observation[] => {
      const name = classesIn((after as Manifest).spec);
      const known = name.map((one) => classes.find(({ metadata }) => metadata.name === one));
      const chosen =
        name.length > 0 ? known : classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true');
      const common = { subject: id, field: pathText(path), before, after: value, cause: why };
      if (chosen.some((one) => one !== undefined && one.allowVolumeExpansion !== true)) {
        const what = `its volumes would grow, which their storage class doesn't allow: the ${kind} is refused, or stays as it is`;
        return [
          {
            ...common,
            severity: 'danger',
            what,
            advice: 'set allowVolumeExpansion on the class if its driver can, or move to a new volume',
          },
        ];
      }
      if (chosen.length > 0 && chosen.every((one) => one !== undefined)) return [];
      const what = `its volumes grow, if their storage class${name.length > 0 ? ` (${[...new Set(name)].join(', ')})` : ''} allows it`;
      return [
        {
          ...common,
          severity: 'notice',
          what,
          advice: 'see `kubectl get storageclass`: ALLOWVOLUMEEXPANSION has to be true, else this is refused',
        },
      ];
    });
}

/** Storage classes that a spec names, by whatever name its kind has for them. */
function classesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(classesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    ['storageClassName', 'storageClass', 'class'].includes(key) && typeof part === 'string' ? [part] : classesIn(part),
  );
}
