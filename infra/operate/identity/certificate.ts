import { X509Certificate } from 'node:crypto';
import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl, LiveObject } from '../../deploy/index.ts';

export const CERTIFICATES = 'certificates.cert-manager.io';

/** A Certificate of cert-manager, with the fields that a renewal reads. */
export interface LiveCertificate extends LiveObject {
  readonly spec: {
    readonly secretName: string;
    readonly issuerRef: { readonly name: string; readonly kind?: string };
  } & Readonly<Record<string, unknown>>;
  readonly status?: { readonly revision?: number; readonly conditions?: readonly { readonly type: string }[] };
}

/** Content of a Certificate's Secret. */
export interface Held {
  /** The certificate, followed by the intermediate authorities. */
  readonly chain: readonly X509Certificate[];
  /** The root authority of the chain. */
  readonly trusted: X509Certificate;
}

/**
 * Makes cert-manager issue a certificate again, as `cmctl renew` does, and waits for it.
 * @throws ConfigurationError if there is no certificate of this name, or it isn't issued within a minute
 */
export async function issueAgain(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  const before = await kubectl.get<LiveCertificate>(CERTIFICATES, name, namespace);
  if (before === undefined)
    throw new ConfigurationError({
      code: 'certificate-missing',
      where: `certificate '${name}'`,
      problem: 'it is not in the cluster',
      fix: 'deploy first: `npm start`',
    });
  const asked = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'npm run secrets',
    lastTransitionTime: new Date().toISOString(),
  };
  const conditions = [...(before.status?.conditions ?? []).filter(({ type }) => type !== 'Issuing'), asked];
  const patch = JSON.stringify({ status: { conditions } });
  await kubectl.run([
    'patch',
    CERTIFICATES,
    name,
    '--namespace',
    namespace,
    '--subresource=status',
    '--type=merge',
    '--patch',
    patch,
  ]);
  const revision = (before.status?.revision ?? 0) + 1;
  await kubectl.run([
    'wait',
    `${CERTIFICATES}/${name}`,
    '--namespace',
    namespace,
    `--for=jsonpath={.status.revision}=${revision}`,
    '--timeout=60s',
  ]);
}

/** Parses a certificate's Secret; undefined if it has no certificate yet. */
export function heldBy(secret: LiveObject | undefined): Held | undefined {
  const read = (key: string) => certificatesOf(Buffer.from(secret?.data?.[key] ?? '', 'base64').toString());
  const [chain, [trusted]] = [read('tls.crt'), read('ca.crt')];
  return chain.length === 0 || trusted === undefined ? undefined : { chain, trusted };
}

function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
}

/** Whether an authority has issued the certificate: its key signed it, its chain is included, and its root is trusted. */
export function isFrom({ chain, trusted }: Held, authority: Held): boolean {
  const [leaf, ...between] = chain;
  const [signer] = authority.chain;
  if (leaf === undefined || signer === undefined || !leaf.verify(signer.publicKey)) return false;
  const bridge = isSelfSigned(authority) ? [] : authority.chain;
  return same([trusted, ...between], [authority.trusted, ...bridge]);
}

/** Whether an authority's certificate is self-signed. */
export function isSelfSigned({ chain, trusted }: Held): boolean {
  return same(chain, [trusted]) && trusted.verify(trusted.publicKey);
}

function same(some: readonly X509Certificate[], others: readonly X509Certificate[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ fingerprint256 }, index) => fingerprint256 === others[index]?.fingerprint256)
  );
}
