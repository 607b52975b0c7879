import { type Violation, violations } from '../../policy/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Policy rules that the head violates and the base did not. */
export const policy: EnvironmentRule = {
  id: 'policy',
  check: ({ name, before, after, changes, exceptions }) => {
    const known = new Set(violations(before, { environment: name, exceptions: exceptions.before ?? [] }).map(keyOf));
    const changed = new Map(changes.map((change) => [change.id, change]));
    return violations(after, { environment: name, exceptions: exceptions.after ?? [] })
      .filter((violation) => !known.has(keyOf(violation)))
      .map(({ rule, severity, object, field, what, fix }): Observation => {
        // An object may violate a rule because of a change elsewhere.
        const { why: cause, source } = changed.get(object) ?? { why: `policy '${rule}'` };
        const text = `it violates the policy '${rule}': ${field} ${what}`;
        return { severity, subject: object, what: text, field, advice: fix, cause, ...(source && { source }) };
      });
  },
};

function keyOf({ rule, object, field }: Violation): string {
  return [rule, object, field].join(' ');
}
