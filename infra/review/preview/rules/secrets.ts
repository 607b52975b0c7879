import { isKind } from '../../../../constructs/kubernetes/read.ts';
import type { Observation } from '../finding.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Secrets that come, go, or get another value. Never their values: a snapshot holds tokens in their place. */
export const secrets: EnvironmentRule = {
  id: 'secrets',
  check: ({ changes }) =>
    changes
      .filter(({ kind }) => kind === 'Secret')
      .flatMap((change): Observation[] => {
        const { action, fields, before, after } = change;
        if (action === 'create') {
          const { stringData, data = {} } = isKind(after, 'Secret') ? after : {};
          const keys = Object.keys(stringData ?? data).join(', ');
          const advice = 'give it a value in each environment before this is deployed';
          return [about(change, 'info', `a new secret with ${keys || 'no keys'}`, advice)];
        }
        if (action === 'delete')
          return [about(change, 'warning', 'the secret goes with its value', 'see that nothing reads it any more')];
        const data = fields.filter(({ path }) => path[0] === 'data' || path[0] === 'stringData');
        if (data.length === 0 || before === undefined) return [];
        const keys = data.map(({ path }) => path[1] ?? 'all of it').join(', ');
        const advice = 'rotate it where it is used as well, in the order that its guide names';
        return [about(change, 'warning', `another value stands behind ${keys}`, advice)];
      }),
};
