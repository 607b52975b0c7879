import { totalsOf } from '../totals.ts';
import type { EnvironmentRule } from './rule.ts';

/** An environment that is created or deleted as a whole. */
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
        what: comes ? 'it is created with all its objects' : 'it is deleted with all its workloads and data',
        note: `${manifests.length} objects, ${totalsOf(manifests).pods} pods`,
        advice: comes
          ? 'set the values of its secrets before this is deployed'
          : 'take backups; its objects stay until its stack is destroyed',
        cause: `environment '${name}'`,
      },
    ];
  },
};
