import type { Manifest } from '@groundwork/constructs';
import { ofKind, type Typed } from '../../../../constructs/kubernetes/read.ts';
import { decimal, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { peakOf } from '../peak.ts';
import type { EnvironmentRule } from './rule.ts';

/**
 * A quota that the environment exceeds at its peak: autoscalers at their maximum, all updates in progress, jobs
 * running.
 */
export const quota: EnvironmentRule = {
  id: 'quota',
  check: ({ before, after }) =>
    ofKind(after, 'ResourceQuota').flatMap((limit): Observation[] => {
      const was = ofKind(before, 'ResourceQuota').find(({ metadata }) => metadata.name === limit.metadata.name);
      const known = new Set(outgrown(was, before).map(({ name }) => name));
      return outgrown(limit, after)
        .filter(({ name }) => !known.has(name))
        .map(({ name, allowed, asked }) => ({
          severity: 'critical',
          subject: `ResourceQuota/${limit.metadata.name}`,
          what: `at its peak, with all updates in progress, the namespace requests more ${name} than its quota: pods are rejected`,
          field: `spec.hard.${name}`,
          note: `${decimal(asked)} of ${decimal(allowed)}`,
          advice: 'raise the quota, or lower the maximum number of pods',
          cause: 'platform.quota',
        }));
    }),
};

function outgrown(
  limit: Typed<'ResourceQuota'> | undefined,
  all: readonly Manifest[],
): { readonly name: string; readonly allowed: bigint; readonly asked: bigint }[] {
  if (limit === undefined) return [];
  const peak = peakOf(all.filter(({ metadata }) => metadata.namespace === limit.metadata.namespace));
  return Object.entries(limit.spec?.hard ?? {}).flatMap(([name, text]) => {
    const [allowed, asked] = [quantity(text), peak[name]];
    return allowed === undefined || asked === undefined || asked <= allowed ? [] : [{ name, allowed, asked }];
  });
}
