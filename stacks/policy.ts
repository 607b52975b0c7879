import { type ManifestEntry, manifestsOf } from '@groundwork/constructs';
import type { App } from 'cdk8s';
import { holdsData } from '../infra/bridge/data-stores.ts';
import { OWN_REPOSITORY } from '../infra/build/images/builder.ts';
import { catalog } from '../infra/build/images/index.ts';
import { enforce, type PolicyOptions } from '../infra/review/policy/index.ts';
import type { Environment } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';

/** Options of the policy for an environment. */
export function policyOf({ name, protectData }: Pick<Environment, 'name' | 'protectData'>): PolicyOptions {
  return { environment: name, exceptions, knowsImage, isProtected: (object) => protectData && holdsData(object) };
}

/**
 * All objects of the shop in an environment, checked against the policy.
 * @throws ConfigurationError for each violation, and the errors of `manifestsOf`
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

/** Whether an image is built in this repository or listed in the catalog, from any mirror. */
export function knowsImage(reference: string): boolean {
  return (
    `/${reference}`.includes(`/${OWN_REPOSITORY}/`) ||
    Object.values(catalog).some(({ digest }) => reference.endsWith(`@${digest}`))
  );
}
