import { type Change, pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Fields that say how much there is to serve with, and how a fall is felt. */
const AMOUNTS: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^spec\.replicas$/, what: 'fewer pods serve' },
  { path: /^spec\.minReplicas$/, what: 'fewer pods are kept when little is asked' },
  { path: /^spec\.maxReplicas$/, what: 'it can no longer grow as far under load' },
  { path: /\.resources\.requests\[?\.?(cpu|memory)\]?$/, what: 'each pod may count on less' },
  { path: /\.resources\.limits\.memory$/, what: 'each pod is killed at a lower use of memory' },
  { path: /^spec\.hard\./, what: 'the namespace may hold less' },
];

/** Capacity that falls. */
export const capacity: EnvironmentRule = {
  id: 'capacity',
  check: ({ changes }) =>
    changes
      .filter(({ action }) => action !== 'create' && action !== 'delete')
      .flatMap(({ id, fields, why }) => fields.flatMap((field) => fall(id, field, why)))
      .concat(
        changes
          .filter(({ action, kind }) => action === 'delete' && (kind === 'HorizontalPodAutoscaler' || kind === 'PodDisruptionBudget'))
          .map(({ id, kind, why }) => ({
            severity: 'caution',
            subject: id,
            what: kind === 'HorizontalPodAutoscaler' ? 'nothing scales it any more' : 'a drained node may take all its pods at once',
            advice: 'see that this is meant',
            cause: why,
          })),
      ),
};

function fall(subject: string, { path, before, after }: Change, cause: string): Observation[] {
  const field = pathText(path);
  const amount = AMOUNTS.find((one) => one.path.test(field));
  const [from, to] = [quantity(before), quantity(after)];
  if (amount === undefined || from === undefined || to === undefined || to >= from) return [];
  return [{ severity: 'caution', subject, what: amount.what, field, before, after, advice: 'compare with what it used in its busiest hour', cause }];
}
