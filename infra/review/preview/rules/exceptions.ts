import type { Exception } from '../../policy/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Exceptions to the policy that a change adds or prolongs: what they excuse is not reported any more. */
export const exceptions: EnvironmentRule = {
  id: 'exceptions',
  check: ({ name, exceptions: { before, after } }) => {
    if (before === undefined || after === undefined) return [];
    const here = (all: readonly Exception[]) => all.filter(({ environments }) => environments.includes(name));
    const known = new Map(here(before).map((exception) => [keyOf(exception), exception.expires]));
    return here(after).flatMap((exception): Observation[] => {
      const { rule, object, expires, reason } = exception;
      const until = known.get(keyOf(exception));
      if (until !== undefined && until >= expires) return [];
      return [
        {
          severity: 'warning',
          subject: object,
          what: `it may violate the policy '${rule}' until ${expires}: ${reason}`,
          ...(until !== undefined && { note: `formerly until ${until}` }),
          advice: 'check that the reason is true and the day is near',
          cause: 'exceptions to the policy',
        },
      ];
    });
  },
};

function keyOf({ rule, object }: Exception): string {
  return `${rule} ${object}`;
}
