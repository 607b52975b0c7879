import type { Manifest } from '@groundwork/constructs';
import { containersOf, ofKind, podSpecOf } from '../../../constructs/kubernetes/read.ts';
import { rules, violations } from '../policy/index.ts';
import { quantity } from './diff/index.ts';
import { askedByPod } from './peak.ts';

/**
 * Why the API server rejects the pods of a workload, so that a rollout of it never ends; undefined if its namespace's
 * objects give no reason. What only nodes know, such as their labels, is not checked.
 */
export function rejectionOf(workload: Manifest, all: readonly Manifest[]): string | undefined {
  const here = all.filter(({ metadata }) => metadata.namespace === workload.metadata.namespace);
  return byPodSecurity(workload, all) ?? byLimits(workload, here) ?? byQuota(workload, here);
}

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Rules of each level of the Pod Security Standards, which their sources name. */
const STANDARDS = Object.fromEntries(
  ['baseline', 'restricted'].map((level) => {
    const levels = level === 'baseline' ? 'baseline' : 'baseline|restricted';
    return [level, rules.filter(({ source }) => new RegExp(`Pod Security Standards, (${levels})`).test(source))];
  }),
);

function byPodSecurity(workload: Manifest, all: readonly Manifest[]): string | undefined {
  const { namespace } = workload.metadata;
  const labels = ofKind(all, 'Namespace').find(({ metadata }) => metadata.name === namespace)?.metadata.labels ?? {};
  const standard = STANDARDS[labels[ENFORCE] ?? ''];
  const [fault] = standard === undefined ? [] : violations([workload], { environment: '', rules: standard });
  return fault && `the namespace enforces the Pod Security Standard ${labels[ENFORCE]}: ${fault.field} ${fault.what}`;
}

function byLimits(workload: Manifest, here: readonly Manifest[]): string | undefined {
  const limits = ofKind(here, 'LimitRange').flatMap(({ metadata, spec }) =>
    (spec?.limits ?? []).filter(({ type }) => type === 'Container').map((limit) => ({ name: metadata.name, ...limit })),
  );
  for (const { name, max = {}, min = {} } of limits)
    for (const { name: container, resources } of containersOf(workload)) {
      for (const [resource, text] of Object.entries(max))
        if (exceeds(resources?.limits?.[resource] ?? resources?.requests?.[resource], text))
          return `container ${container} has more ${resource} than the maximum of LimitRange/${name}, ${text}`;
      for (const [resource, text] of Object.entries(min))
        if (exceeds(text, resources?.requests?.[resource] ?? resources?.limits?.[resource]))
          return `container ${container} requests less ${resource} than the minimum of LimitRange/${name}, ${text}`;
    }
  return undefined;
}

function byQuota(workload: Manifest, here: readonly Manifest[]): string | undefined {
  if (podSpecOf(workload) === undefined) return undefined;
  const asked = askedByPod(workload);
  for (const { metadata, spec } of ofKind(here, 'ResourceQuota'))
    for (const [name, text] of Object.entries(spec?.hard ?? {})) {
      const [most, one] = [quantity(text), asked[name]];
      if (most !== undefined && one !== undefined && one > most)
        return `one of them requests more ${name} than ResourceQuota/${metadata.name} allows, ${text}`;
    }
  return undefined;
}

/** Whether an amount is known and larger than another one. */
function exceeds(amount: string | undefined, most: string | undefined): boolean {
  const [a, b] = [quantity(amount), quantity(most)];
  return a !== undefined && b !== undefined && a > b;
}
