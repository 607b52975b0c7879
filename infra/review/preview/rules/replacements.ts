import type { Manifest } from '@groundwork/constructs';
import { pathText } from '../diff/index.ts';
import { immutableChanges } from '../immutable.ts';
import type { EnvironmentRule } from './rule.ts';

/** Nothing is lost when these are made anew: they are done, or hold no state. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'Job',
  'ConfigMap',
  'RoleBinding',
  'ClusterRoleBinding',
  'PriorityClass',
]);

/** Fields that can't change in place: the API server refuses the update, or the engine deletes the object and makes it anew. */
export const replacements: EnvironmentRule = {
  id: 'replacements',
  check: ({ changes }) =>
    changes
      .filter(({ action }) => action === 'replace')
      .flatMap(({ id, kind, before: old, fields, why }) =>
        immutableChanges(old as Manifest, fields).map(({ path, before, after: value }) => ({
          severity: HARMLESS.has(kind) ? ('caution' as const) : ('danger' as const),
          subject: id,
          what: 'the field is immutable: the object has to be deleted and made anew, with all that hangs on it',
          field: pathText(path),
          before,
          after: value,
          advice:
            kind === 'StatefulSet'
              ? 'delete it with `--cascade=orphan` and apply, or keep the field as it was'
              : 'keep the field, or give the object another name and move over',
          cause: why,
        })),
      ),
};
