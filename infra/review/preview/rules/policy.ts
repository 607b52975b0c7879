import { type Violation, violations } from '../../policy/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Rules of the policy that the head breaks and the base kept: what was broken before is nobody's news. */
export const policy: EnvironmentRule = {
  id: 'policy',
  check: ({ name, before, after, changes, exceptions }) => {
    const known = new Set(violations(before, { environment: name, exceptions: exceptions.before }).map(keyOf));
    const causes = new Map(changes.map(({ id, why }) => [id, why]));
    return violations(after, { environment: name, exceptions: exceptions.after })
      .filter((violation) => !known.has(keyOf(violation)))
      .map(
        ({ rule, severity, object, field, what, fix }): Observation => ({
          severity,
          subject: object,
          what: `it breaks the policy '${rule}': ${field} ${what}`,
          field,
          advice: fix,
          cause: causes.get(object) ?? `policy '${rule}'`, // an object may break a rule by what changed around it
        }),
      );
  },
};

function keyOf({ rule, object, field }: Violation): string {
  return [rule, object, field].join(' ');
}
