import { ConfigurationError, Duration, dnsLabel } from '@groundwork/contract';
import type { Construct } from 'constructs';
import { labelsOf } from '../kubernetes/labels.ts';
import { type CustomResource, object } from '../kubernetes/object.ts';

/** Name of the Issuer and of the authority's own certificate, one of each in a namespace. */
const AUTHORITY = 'identity';

/** Who issues an environment's certificates, and for how long. */
export interface IdentityProps {
  /**
   * An existing ClusterIssuer, such as one on a company's own PKI. It must sign SPIFFE IDs and give its authority's
   * certificate in `ca.crt`, which ACME doesn't. @default an authority of the environment's own, in its namespace
   */
  readonly clusterIssuer?: string;
  /** How long a certificate is good for, from 1 hour: cert-manager's least. @default Duration.hours(24) */
  readonly life?: Duration;
  /** How long before its end a certificate is renewed, from 10 minutes. @default a third of `life` */
  readonly renewBefore?: Duration;
}

/** What of cert-manager signs requests. */
export interface IssuerRef {
  readonly name: string;
  readonly kind: 'Issuer' | 'ClusterIssuer';
  readonly group: 'cert-manager.io';
}

/** Ten years. Its renewal, a year before the end, keeps the key: certificates of before and after verify each other. */
const AUTHORITY_LIFE = Duration.days(3650);
const AUTHORITY_RENEWED = Duration.days(365);

export const LIFE = Duration.hours(24);

/**
 * cert-manager dates a certificate from the moment of issue. To a clock that is five minutes behind a new one isn't valid
 * yet, so whoever holds one goes on with the old one for that long; five minutes more are for taking it up.
 */
const LEAST_RENEWAL = Duration.minutes(10);

/** @returns what is wrong with the props: nothing, or a ConfigurationError for each field */
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
        problem: `${life} is less than 1 hour, which cert-manager takes for a mistake`,
        fix: 'write Duration.hours(24), or leave it out',
      }),
    );
  }
  if (renewBefore !== undefined && renewBefore.toMilliseconds() >= life.toMilliseconds()) {
    found.push(
      new ConfigurationError({
        code: 'certificate-lifetime-invalid',
        where: `${where} › renewBefore`,
        problem: `${renewBefore} is no less than life, ${life}: it would be renewed without end`,
        fix: 'leave it out for a third of life',
      }),
    );
  } else if (renewBefore !== undefined && renewBefore.toMilliseconds() < LEAST_RENEWAL.toMilliseconds()) {
    found.push(
      new ConfigurationError({
        code: 'certificate-lifetime-invalid',
        where: `${where} › renewBefore`,
        problem: `${renewBefore} is too late for clocks that are five minutes apart`,
        fix: `write ${LEAST_RENEWAL} or more, or leave it out`,
      }),
    );
  }
  try {
    if (clusterIssuer !== undefined) dnsLabel(clusterIssuer, `${where} › clusterIssuer`, 63);
  } catch (error) {
    found.push(error as ConfigurationError);
  }
  return found;
}

/**
 * The issuer that identities come from. The authority of an environment's own signs for its namespace only: another
 * environment's certificates mean nothing here, though their names may be alike.
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
    object<CustomResource>(scope, name, origin, {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name, namespace, labels },
      spec,
    });
  issuer(selfSigned, { selfSigned: {} });
  object<CustomResource>(scope, certificate, origin, {
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
      // Never: with another key, all certificates of before would stop verifying at once; infra/operate/identity gives it one in steps.
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { name: selfSigned, kind: 'Issuer', group: 'cert-manager.io' },
    },
  });
  issuer(AUTHORITY, { ca: { secretName: certificate } });
  return { name: AUTHORITY, kind: 'Issuer', group: 'cert-manager.io' };
}

/** As cert-manager writes durations. */
export function hours(duration: Duration): string {
  const minutes = Math.floor(duration.toMilliseconds() / 60_000);
  return `${Math.floor(minutes / 60)}h${minutes % 60}m0s`;
}
