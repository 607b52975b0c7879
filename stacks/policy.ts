import type { System } from '@groundwork/constructs';
import { holdsData } from '../infra/bridge/data-stores.ts';
import { catalog, OWN_REPOSITORY } from '../infra/build/images/index.ts';
import { enforce, type PolicyOptions } from '../infra/review/policy/index.ts';
import type { Environment } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';

/** Options of the policy for an environment. */
export function policyOf({ name, protectData }: Pick<Environment, 'name' | 'protectData'>): PolicyOptions {
  return { environment: name, exceptions, knowsImage, isProtected: (object) => protectData && holdsData(object) };
}

/**
 * The system itself, if every object keeps the policy of the environment.
 * @throws ConfigurationError for each rule that an object breaks
 */
export function enforcePolicy(environment: Environment, system: System, options: Partial<PolicyOptions> = {}): System {
  enforce(system, { ...policyOf(environment), ...options });
  return system;
}

/** Whether an image is built in this repository or listed in the catalog, from any mirror. */
export function knowsImage(reference: string): boolean {
  return (
    `/${reference}`.includes(`/${OWN_REPOSITORY}/`) ||
    Object.values(catalog).some(({ digest }) => reference.endsWith(`@${digest}`))
  );
}
