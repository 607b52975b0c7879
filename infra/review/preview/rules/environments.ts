import { totalsOf } from '../totals.ts';
import type { EnvironmentRule } from './rule.ts';

/** An environment that comes or goes as a whole. */
export const environments: EnvironmentRule = {
  id: 'environments',
  check({ name, before, after }) {
    if (before.length === after.length) return [];
    const comes = before.length === 0;
    const manifests = comes ? after : before;
    return [
      {
        severity: comes ? 'info' : 'critical',
        subject: `environment '${name}'`,
        what: comes
          ? 'it is made anew, with all that is in it'
          : 'it goes, with all that runs in it and what it stores',
        note: `${manifests.length} objects, ${totalsOf(manifests).pods} pods`,
        advice: comes
          ? 'give its secrets their values before this is deployed'
          : 'take backups; what runs stays until its stack is destroyed',
        cause: `environment '${name}'`,
      },
    ];
  },
};
