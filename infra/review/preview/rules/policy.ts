import { type Violation, violations } from '../../policy/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Rules of the policy that the head breaks and the base kept: what was broken before is nobody's news. */
export const policy: EnvironmentRule = {
  id: 'policy',
  check: ({ name, before, after, changes, exceptions }) => {
    const known = new Set(violations(before, { environment: name, exceptions: exceptions.before }).map(keyOf));
    const changed = new Map(changes.map((change) => [change.id, change]));
    return violations(after, { environment: name, exceptions: exceptions.after })
      .filter((violation) => !known.has(keyOf(violation)))
      .map(({ rule, severity, object, field, what, fix }): Observation => {
        // An object may break a rule by what changed around it.
        const { why: cause, source } = changed.get(object) ?? { why: `policy '${rule}'` };
        const said = `it breaks the policy '${rule}': ${field} ${what}`;
        return { severity, subject: object, what: said, field, advice: fix, cause, ...(source && { source }) };
      });
  },
};

function keyOf({ rule, object, field }: Violation): string {
  return [rule, object, field].join(' ');
}
