import { type Violation, violations } from '../../policy/index.ts';
import type { Observation } from '../finding.ts';
import { identityOf, subjectsOf } from '../objects.ts';
import type { EnvironmentRule } from './rule.ts';

/** Policy rules that the head violates and the base did not. */
export const policy: EnvironmentRule = {
  id: 'policy',
  check: ({ name, before, after, changes, exceptions }) => {
    const subjectOf = subjectsOf([...before, ...after]);
    // Not its text: a violation in one namespace must not hide the same one in another.
    const keyOf = ({ rule, object, manifest, field }: Violation): string =>
      [rule, manifest === undefined ? object : identityOf(manifest), field].join(' ');
    const known = new Set(violations(before, { environment: name, exceptions: exceptions.before ?? [] }).map(keyOf));
    const changed = new Map(changes.map((change) => [change.after, change]));
    return violations(after, { environment: name, exceptions: exceptions.after ?? [] })
      .filter((violation) => !known.has(keyOf(violation)))
      .map(({ rule, severity, object, manifest, field, what, fix }): Observation => {
        // An object may violate a rule because of a change elsewhere.
        const { why: cause, source } = (manifest && changed.get(manifest)) ?? { why: `policy '${rule}'` };
        const text = `it violates the policy '${rule}': ${field} ${what}`;
        const subject = manifest === undefined ? object : subjectOf(manifest);
        return { severity, subject, what: text, field, advice: fix, cause, ...(source && { source }) };
      });
  },
};
