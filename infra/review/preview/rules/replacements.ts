import { immutableChanges } from '../immutable.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Kinds that are recreated without a loss: they are completed, or have no state. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'Job',
  'ConfigMap',
  'RoleBinding',
  'ClusterRoleBinding',
  'PriorityClass',
]);

/** Immutable fields that change: the API server rejects the update, or the engine deletes and recreates the object. */
export const replacements: EnvironmentRule = {
  id: 'replacements',
  check: ({ changes }) =>
    changes.flatMap((change) => {
      const { action, kind, before, fields } = change;
      if (action !== 'replace' || before === undefined) return [];
      const what = 'the field is immutable: the object must be deleted and recreated, with its dependents';
      const advice =
        kind === 'StatefulSet'
          ? 'delete it with `--cascade=orphan` and apply, or keep the field as it was'
          : 'keep the field, or create an object with another name and migrate to it';
      return immutableChanges(before, fields).map((field) =>
        about(change, HARMLESS.has(kind) ? 'warning' : 'critical', what, advice, field),
      );
    }),
};
