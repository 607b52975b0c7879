import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Secrets that come, go, or get another value. Never their values: a snapshot holds tokens in their place. */
export const secrets: EnvironmentRule = {
  id: 'secrets',
  check: ({ changes }) =>
    changes
      .filter(({ kind }) => kind === 'Secret')
      .flatMap(({ id, action, fields, before, after, why }): Observation[] => {
        const data = fields.filter(({ path }) => ['data', 'stringData'].includes(path[0] as string));
        if (action === 'create') {
          const keys = Object.keys((after?.stringData ?? after?.data ?? {}) as object).join(', ');
          return [
            {
              severity: 'notice',
              subject: id,
              what: `a new secret with ${keys || 'no keys'}`,
              advice: 'give it a value in each environment before this is deployed',
              cause: why,
            },
          ];
        }
        if (action === 'delete') {
          return [
            {
              severity: 'caution',
              subject: id,
              what: 'the secret goes with its value',
              advice: 'see that nothing reads it any more',
              cause: why,
            },
          ];
        }
        if (data.length === 0 || before === undefined) return [];
        const keys = data.map(({ path }) => path[1] ?? 'all of it').join(', ');
        return [
          {
            severity: 'caution',
            subject: id,
            what: `another value stands behind ${keys}`,
            advice: 'rotate it where it is used as well, in the order that its guide names',
            cause: why,
          },
        ];
      }),
};
