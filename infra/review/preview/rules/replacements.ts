import { immutableChanges } from '../immutable.ts';
import { about, type EnvironmentRule } from './rule.ts';

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
    changes.flatMap((change) => {
      const { action, kind, before, fields } = change;
      if (action !== 'replace' || before === undefined) return [];
      const what = 'the field is immutable: the object has to be deleted and made anew, with all that hangs on it';
      const advice =
        kind === 'StatefulSet'
          ? 'delete it with `--cascade=orphan` and apply, or keep the field as it was'
          : 'keep the field, or give the object another name and move over';
      return immutableChanges(before, fields).map((field) =>
        about(change, HARMLESS.has(kind) ? 'warning' : 'critical', what, advice, field),
      );
    }),
};
