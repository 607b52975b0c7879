import type { X509Certificate } from 'node:crypto';
import { ConfigurationError, type Contract } from '@groundwork/contract';
import type { ServiceConfig } from '../config/variables.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { watchCallers } from './callers.ts';
import { accountOf, spiffeId } from './spiffe.ts';
import { type IdentityWatch, watchIdentity } from './watch.ts';

/** Identity of a service, and how it authenticates and authorizes its callers. */
export interface Trust {
  /** Certificate of the service, and the authorities that peers' certificates must be issued by. */
  readonly identity: IdentityWatch;
  /** Account that a verified certificate identifies; undefined for another trust domain or namespace. */
  accountOf(certificate: Pick<X509Certificate, 'subjectAltName'>): string | undefined;
  /** Whether the allow list contains the caller for an operation. */
  mayCall(operation: string, caller: string): boolean;
  /** Stops watching the certificate and the allow list. */
  stop(): void;
}

/** Settings that `openTrust` reads. */
export type TrustConfig = Pick<
  ServiceConfig,
  'ENVIRONMENT' | 'IDENTITY_DIR' | 'TRUST_DOMAIN' | 'NAMESPACE' | 'CALLERS_FILE'
>;

/** The only environment that may run without certificates. */
const PLAIN_HTTP = 'test';

/**
 * Opens the certificate that a service uses for mutual TLS. Returns undefined in the environment 'test' without
 * TRUST_DOMAIN: the service then uses plain HTTP and accepts every caller.
 * @throws ConfigurationError `variable-missing` if a setting is missing elsewhere, `certificate-foreign` if the certificate belongs to another service
 */
export function openTrust(
  contract: Contract,
  config: TrustConfig,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
): Trust | undefined {
  const { ENVIRONMENT, IDENTITY_DIR, TRUST_DOMAIN: trustDomain, NAMESPACE: namespace } = config;
  if (trustDomain === undefined && ENVIRONMENT === PLAIN_HTTP) {
    log.warn(
      "NO MUTUAL TLS: the environment is 'test' and TRUST_DOMAIN is not set; plain HTTP, every caller is accepted",
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
      problem: `${missing.map(([name]) => name).join(', ')} not set in the environment '${ENVIRONMENT}': the service has no identity`,
      fix: `set them as the platform does; a service runs without a certificate only with ENVIRONMENT=${PLAIN_HTTP}`,
    });
  }
  const realm = { trustDomain, namespace };
  const identity = watchIdentity(IDENTITY_DIR, { log, metrics });
  const own = spiffeId(realm, contract.name);
  if (identity.current.spiffeId !== own) {
    identity.stop();
    throw new ConfigurationError({
      code: 'certificate-foreign',
      where: `certificate in ${IDENTITY_DIR}`,
      problem: `must identify ${own}, got ${identity.current.spiffeId}`,
      fix: "mount the service's certificate, or correct TRUST_DOMAIN and NAMESPACE",
    });
  }
  const callers = config.CALLERS_FILE === undefined ? undefined : watchCallers(config.CALLERS_FILE, { log, metrics });
  return {
    identity,
    accountOf: (certificate) => accountOf(realm, certificate),
    mayCall: (operation, caller) => callers?.mayCall(operation, caller) ?? false,
    stop: () => {
      identity.stop();
      callers?.stop();
    },
  };
}
