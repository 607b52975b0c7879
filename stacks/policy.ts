import { type ManifestEntry, manifestsOf } from '@groundwork/constructs';
import type { App } from 'cdk8s';
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
 * All objects of the shop in an environment, if they hold to the policy.
 * @throws ConfigurationError for each that breaks a rule, and what `manifestsOf` throws
 */
export function enforcePolicy(
  environment: Environment,
  app: App,
  options: Partial<PolicyOptions> = {},
): readonly ManifestEntry[] {
  const entries = manifestsOf(app);
  enforce(entries, { ...policyOf(environment), ...options });
  return entries;
}

/** Images that we make, stand-ins for others' among them, and those of the catalog, whichever mirror they come from. */
export function knowsImage(reference: string): boolean {
  return (
    `/${reference}`.includes(`/${OWN_REPOSITORY}/`) ||
    Object.values(catalog).some(({ digest }) => reference.endsWith(`@${digest}`))
  );
}
