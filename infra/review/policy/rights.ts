import { type Check, type Fault, ofKind } from './rule.ts';

/** Verbs on resources. */
export interface Right {
  readonly verbs: readonly string[];
  /** Resources as in RBAC rules, such as `pods/exec`. */
  readonly resources: readonly string[];
}

/**
 * A check for roles that grant any of these rights on all objects of a resource, including by `*`. Rights on named
 * objects are allowed.
 * @param what consequence, which follows the verbs and resources in the finding
 */
export function noRoleGrants(rights: readonly Right[], what: string): Check {
  return ofKind(['Role', 'ClusterRole'], ({ rules }) =>
    (rules ?? []).flatMap(({ verbs = [], resources = [], resourceNames = [] }, index): Fault[] => {
      if (resourceNames.length > 0) return [];
      const has = (list: readonly string[], wanted: readonly string[]) =>
        list.filter((item) => item === '*' || wanted.includes(item));
      return rights.flatMap((right) => {
        const [done, to] = [has(verbs, right.verbs), has(resources, right.resources)];
        return done.length > 0 && to.length > 0
          ? [{ field: `rules.${index}`, what: `grants ${done.join(', ')} on ${to.join(', ')}: ${what}` }]
          : [];
      });
    }),
  );
}
