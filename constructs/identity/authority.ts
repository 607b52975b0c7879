import { ConfigurationError, Duration } from '@groundwork/contract';
import type { Construct } from 'constructs';
import { customResource, labelsOf } from '../kubernetes/object.ts';
import { validateObjectName } from '../kubernetes/validate.ts';

/** Name of the Issuer and of the authority's certificate, one of each in a namespace. */
const AUTHORITY = 'identity';

/** Issuer and lifetime of an environment's certificates. */
export interface IdentityProps {
  /**
   * An existing ClusterIssuer, such as that of a company PKI. It must sign SPIFFE IDs and return the certificate of its
   * authority in `ca.crt`, which ACME does not. @default a separate authority in the environment's namespace
   */
  readonly clusterIssuer?: string;
  /** Lifetime of a certificate, at least 1 hour (the minimum of cert-manager). @default Duration.hours(24) */
  readonly life?: Duration;
  /** Time before expiry at which a certificate is renewed, at least 10 minutes. @default a third of `life` */
  readonly renewBefore?: Duration;
}

/** Reference of the cert-manager issuer that signs requests. */
export interface IssuerRef {
  readonly name: string;
  readonly kind: 'Issuer' | 'ClusterIssuer';
  readonly group: 'cert-manager.io';
}

/** Ten years. It is renewed one year before expiry with the same key, so that certificates issued before and after verify. */
const AUTHORITY_LIFE = Duration.days(3650);
const AUTHORITY_RENEWED = Duration.days(365);

export const LIFE = Duration.hours(24);

/**
 * A certificate of cert-manager is valid from the moment of issue. For a clock that is five minutes behind, a new one is
 * not valid yet, so workloads use the old one for that long; five more minutes are for reloading.
 */
const LEAST_RENEWAL = Duration.minutes(10);

/** @returns one ConfigurationError for each invalid field */
export function validateIdentity(
  where: string,
  { clusterIssuer, life = LIFE, renewBefore }: IdentityProps,
): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (life.toMilliseconds() < Duration.hours(1).toMilliseconds()) {
    found.push(
      new ConfigurationError({
        code: 'certificate-lifetime-invalid',
        where: `${where} › life`,
        problem: `life must be at least 1 hour, which is the minimum of cert-manager, got ${life}`,
        fix: 'write Duration.hours(24), or omit it',
      }),
    );
  }
  if (renewBefore !== undefined && renewBefore.toMilliseconds() >= life.toMilliseconds()) {
    found.push(
      new ConfigurationError({
        code: 'certificate-lifetime-invalid',
        where: `${where} › renewBefore`,
        problem: `renewBefore must be less than life (${life}), got ${renewBefore}: it would be renewed in a loop`,
        fix: 'omit it for a third of life',
      }),
    );
  } else if (renewBefore !== undefined && renewBefore.toMilliseconds() < LEAST_RENEWAL.toMilliseconds()) {
    found.push(
      new ConfigurationError({
        code: 'certificate-lifetime-invalid',
        where: `${where} › renewBefore`,
        problem: `renewBefore must be at least ${LEAST_RENEWAL}, since clocks may differ by five minutes, got ${renewBefore}`,
        fix: `write ${LEAST_RENEWAL} or more, or omit it`,
      }),
    );
  }
  if (clusterIssuer !== undefined) found.push(...validateObjectName(`${where} › clusterIssuer`, clusterIssuer));
  return found;
}

/**
 * The issuer of workload certificates. The default authority signs only for its namespace: certificates of another
 * environment are not trusted here, even if their names are the same.
 */
export function makeAuthority(
  scope: Construct,
  namespace: string,
  system: string,
  { clusterIssuer }: IdentityProps,
): IssuerRef {
  if (clusterIssuer !== undefined) return { name: clusterIssuer, kind: 'ClusterIssuer', group: 'cert-manager.io' };
  const labels = labelsOf(system, AUTHORITY);
  const origin = 'platform.identity';
  const selfSigned = `${AUTHORITY}-self-signed`;
  const certificate = `${AUTHORITY}-authority`;
  const issuer = (name: string, spec: object) =>
    customResource(scope, name, origin, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name, namespace, labels },
      spec,
    });
  issuer(selfSigned, { selfSigned: {} });
  customResource(scope, certificate, origin, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: certificate, namespace, labels },
    spec: {
      isCA: true,
      commonName: `${namespace} ${AUTHORITY}`.slice(0, 64),
      secretName: certificate,
      duration: hours(AUTHORITY_LIFE),
      renewBefore: hours(AUTHORITY_RENEWED),
      usages: ['cert sign', 'crl sign'],
      // Never: with another key, earlier certificates would no longer verify; infra/operate/identity rotates the key in steps.
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { name: selfSigned, kind: 'Issuer', group: 'cert-manager.io' },
    },
  });
  issuer(AUTHORITY, { ca: { secretName: certificate } });
  return { name: AUTHORITY, kind: 'Issuer', group: 'cert-manager.io' };
}

/** Duration in the format of cert-manager. */
export function hours(duration: Duration): string {
  const minutes = Math.floor(duration.toMilliseconds() / 60_000);
  return `${Math.floor(minutes / 60)}h${minutes % 60}m0s`;
}
