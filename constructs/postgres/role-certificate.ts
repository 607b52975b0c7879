import type { Construct } from 'constructs';
import { customResource, labelsOf } from '../kubernetes/object.ts';
import { SERVER } from './constants.ts';

/** The part of a Certificate that is common to a namespace: issuer and lifetime. */
export interface Issuing {
  readonly issuerRef: object;
  readonly privateKey: object;
  readonly duration: string;
  readonly renewBefore: string;
}

/** Label of Secrets that make the operator reload on a change. */
export const RELOAD = { 'cnpg.io/reload': '' } as const;

export interface RoleCertificateProps {
  readonly namespace: string;
  readonly system: string;
  readonly issuing: Issuing;
  /** Name of the Certificate and its Secret. */
  readonly name: string;
  /** Common name. Only the platform can request it, since no workload may create Certificates in the namespace. */
  readonly role: string;
  /** DNS names, if a server also uses it. @default none: a client certificate only */
  readonly dnsNames?: readonly string[];
  /** Labels of the Secret. @default none */
  readonly secretLabels?: Readonly<Record<string, string>>;
  /** See `explain`. */
  readonly origin: string;
}

/** A certificate whose common name is a database role, for logins without a user name map. */
export function roleCertificate(scope: Construct, props: RoleCertificateProps): void {
  const { namespace, system, issuing, name, role, dnsNames, secretLabels, origin } = props;
  const { issuerRef, privateKey, duration, renewBefore } = issuing;
  customResource(scope, name, origin, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace, labels: labelsOf(system, SERVER) },
    spec: {
      secretName: name,
      ...(secretLabels === undefined ? {} : { secretTemplate: { labels: { ...secretLabels } } }),
      commonName: role,
      ...(dnsNames === undefined ? {} : { dnsNames: [...dnsNames] }),
      usages: ['digital signature', 'client auth', ...(dnsNames === undefined ? [] : ['server auth'])],
      issuerRef,
      privateKey,
      duration,
      renewBefore,
    },
  });
}
