import type { Construct } from 'constructs';
import { labelsOf } from '../kubernetes/labels.ts';
import { type CustomResource, object } from '../kubernetes/object.ts';
import { SERVER } from './constants.ts';

/** How the platform's authority issues: the part of a Certificate that all of a namespace share. */
export interface Issuing {
  readonly issuerRef: object;
  readonly privateKey: object;
  readonly duration: string;
  readonly renewBefore: string;
}

/** Label of a Secret whose change the operator takes up at once. */
export const RELOAD = { 'cnpg.io/reload': '' } as const;

export interface RoleCertificateProps {
  readonly namespace: string;
  readonly system: string;
  readonly issuing: Issuing;
  /** Of the Certificate and its Secret. */
  readonly name: string;
  /** Its common name; only the platform can have it issued, for nobody else may make a Certificate here. */
  readonly role: string;
  /** Names of a server that serves with it too. @default none: it is a client's only */
  readonly dnsNames?: readonly string[];
  /** Labels of the Secret. @default none */
  readonly secretLabels?: Readonly<Record<string, string>>;
  /** See `explain`. */
  readonly origin: string;
}

/** A certificate that logs in as the role that it names, where nothing maps an account's own certificate to a role. */
export function roleCertificate(scope: Construct, props: RoleCertificateProps): void {
  const { namespace, system, issuing, name, role, dnsNames, secretLabels, origin } = props;
  const { issuerRef, privateKey, duration, renewBefore } = issuing;
  object<CustomResource>(scope, name, origin, {
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
