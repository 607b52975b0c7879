import { isKind } from '../../../../constructs/kubernetes/read.ts';
import type { Observation } from '../finding.ts';
import { about, type EnvironmentRule } from './rule.ts';

/**
 * Secrets that are created, deleted, or get another value. Never their values: a snapshot has tokens in their place.
 */
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
          const advice = 'set its value in each environment before this is deployed';
          return [about(change, 'info', `a new secret with ${keys || 'no keys'}`, advice)];
        }
        if (action === 'delete')
          return [about(change, 'warning', 'the secret is deleted with its value', 'check that nothing reads it')];
        const data = fields.filter(({ path }) => path[0] === 'data' || path[0] === 'stringData');
        if (data.length === 0 || before === undefined) return [];
        const keys = data.map(({ path }) => path[1] ?? 'all of it').join(', ');
        const advice = 'rotate it in the systems that use it too, in the order of its guide';
        return [about(change, 'warning', `the values of these keys change: ${keys}`, advice)];
      }),
};
