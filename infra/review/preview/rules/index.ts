/** The rules: one kind of consequence each. */
import { access } from './access.ts';
import { alerts } from './alerts.ts';
import { capacity } from './capacity.ts';
import { certificates } from './certificates.ts';
import { contracts } from './contracts.ts';
import { data } from './data.ts';
import { disruption } from './disruption.ts';
import { environments } from './environments.ts';
import { exceptions } from './exceptions.ts';
import { expansion } from './expansion.ts';
import { exposure } from './exposure.ts';
import { hardening } from './hardening.ts';
import { heldBack } from './held-back.ts';
import { images } from './images.ts';
import { network } from './network.ts';
import { policy } from './policy.ts';
import { quota } from './quota.ts';
import { removals } from './removals.ts';
import { replacements } from './replacements.ts';
import { retention } from './retention.ts';
import { rollouts } from './rollouts.ts';
import type { ContractRule, EnvironmentChange, EnvironmentRule } from './rule.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { topics } from './topics.ts';

/** Rules for an environment that both versions have. Their findings of one severity are in this order: data before access. */
const environmentRules: readonly EnvironmentRule[] = [
  settings,
  data,
  expansion,
  retention,
  topics,
  replacements,
  removals,
  heldBack,
  disruption,
  capacity,
  quota,
  hardening,
  access,
  exposure,
  network,
  secrets,
  certificates,
  policy,
  exceptions,
  images,
  alerts,
  rollouts,
];

/** One finding reports an environment that is created or deleted as a whole; one for each object would hide it. */
export function rulesFor({ before, after }: EnvironmentChange): readonly EnvironmentRule[] {
  if (after.length === 0) return [environments];
  return before.length === 0 ? [environments, policy] : environmentRules;
}

export const contractRules: readonly ContractRule[] = [contracts];

/** Ids of rules, in the order of findings of one severity; those of a cluster or a stack are last. */
export const RULE_ORDER: readonly string[] = [
  'synthesis',
  ...[environments, ...environmentRules.slice(0, 5), contracts, ...environmentRules.slice(5)].map(({ id }) => id),
];
