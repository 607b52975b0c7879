import type { System } from '@groundwork/constructs';
import { holdsData } from '../infra/bridge/data-stores.ts';
import { catalog, OWN_REPOSITORY } from '../infra/build/images/index.ts';
import { enforce, type PolicyOptions } from '../infra/review/policy/index.ts';
import type { Environment } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';

/** What the rules are told of an environment, besides its objects. */
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

/** Images that we make, stand-ins for others' among them, and those of the catalog, whichever mirror they come from. */
export function knowsImage(reference: string): boolean {
  return (
    `/${reference}`.includes(`/${OWN_REPOSITORY}/`) ||
    Object.values(catalog).some(({ digest }) => reference.endsWith(`@${digest}`))
  );
}
