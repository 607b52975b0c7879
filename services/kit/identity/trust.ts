import type { X509Certificate } from 'node:crypto';
import { ConfigurationError, type Contract } from '@groundwork/contract';
import type { ServiceConfig } from '../config/variables.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { readCallers } from './callers.ts';
import { accountOf, spiffeId } from './spiffe.ts';
import { type IdentityWatch, watchIdentity } from './watch.ts';

/** Whom a service is to others, and whom it takes others for. */
export interface Trust {
  /** Its own certificate, and the authorities that others' must come from. */
  readonly identity: IdentityWatch;
  /** Account that a checked certificate is for; undefined for one of another trust domain or namespace. */
  accountOf(certificate: Pick<X509Certificate, 'subjectAltName'>): string | undefined;
  /** Whether the allow list lets a service call an operation. */
  mayCall(operation: string, caller: string): boolean;
}

/** Parts of `ServiceConfig` that say whom to trust. */
export type TrustConfig = Pick<
  ServiceConfig,
  'ENVIRONMENT' | 'IDENTITY_DIR' | 'TRUST_DOMAIN' | 'NAMESPACE' | 'CALLERS'
>;

/** The one environment that may do without certificates. */
const WITHOUT = 'test';

/**
 * Opens a service's identity, with which it speaks mutual TLS. Undefined in the environment 'test' without TRUST_DOMAIN:
 * the service then speaks plain HTTP, and anyone may call anything.
 * @throws ConfigurationError when anything is missing elsewhere, or when the certificate isn't the service's own
 */
export function openTrust(
  contract: Contract,
  config: TrustConfig,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): Trust | undefined {
  const { ENVIRONMENT, IDENTITY_DIR, TRUST_DOMAIN: trustDomain, NAMESPACE: namespace } = config;
  if (trustDomain === undefined && ENVIRONMENT === WITHOUT) {
    log.warn(
      "NO MUTUAL TLS: the environment is 'test' and TRUST_DOMAIN is not set; plain HTTP, and anyone may call anything",
    );
    return undefined;
  }
  if (IDENTITY_DIR === undefined || trustDomain === undefined || namespace === undefined) {
    const missing = Object.entries({ IDENTITY_DIR, TRUST_DOMAIN: trustDomain, NAMESPACE: namespace }).filter(
      ([, value]) => value === undefined,
    );
    throw new ConfigurationError({
      code: 'variable-missing',
      where: 'environment of the service',
      problem: `${missing.map(([name]) => name).join(', ')} not set in the environment '${ENVIRONMENT}': the service can't say who it is`,
      fix: `set them as the platform does; only with ENVIRONMENT=${WITHOUT} does a service run without a certificate`,
    });
  }
  const realm = { trustDomain, namespace };
  const callers = readCallers(contract, config.CALLERS);
  const identity = watchIdentity(IDENTITY_DIR, { log, metrics });
  const own = spiffeId(realm, contract.name);
  if (identity.current.spiffeId !== own) {
    identity.stop();
    throw new ConfigurationError({
      code: 'certificate-foreign',
      where: `certificate in ${IDENTITY_DIR}`,
      problem: `it is ${identity.current.spiffeId}'s, not ${own}'s`,
      fix: "mount the service's own, or correct TRUST_DOMAIN and NAMESPACE",
    });
  }
  return {
    identity,
    accountOf: (certificate) => accountOf(realm, certificate),
    mayCall: (operation, caller) => callers.get(operation)?.has(caller) ?? false,
  };
}
