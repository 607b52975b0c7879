/** The rules: one kind of consequence each. */
import { access } from './access.ts';
import { capacity } from './capacity.ts';
import { contracts } from './contracts.ts';
import { data } from './data.ts';
import { exposure } from './exposure.ts';
import { hardening } from './hardening.ts';
import { images } from './images.ts';
import { network } from './network.ts';
import { policy } from './policy.ts';
import { replacements } from './replacements.ts';
import { rollouts } from './rollouts.ts';
import type { ContractRule, EnvironmentRule } from './rule.ts';
import { secrets } from './secrets.ts';

export const environmentRules: readonly EnvironmentRule[] = [
  data,
  replacements,
  hardening,
  access,
  exposure,
  network,
  policy,
  images,
  capacity,
  secrets,
  rollouts,
];
export const contractRules: readonly ContractRule[] = [contracts];
