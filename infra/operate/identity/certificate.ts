import { X509Certificate } from 'node:crypto';
import { ConfigurationError } from '@groundwork/contract';
import type { Kubectl, LiveObject } from '../../deploy/index.ts';

export const CERTIFICATES = 'certificates.cert-manager.io';

/** A Certificate of cert-manager, as far as a renewal reads it. */
export interface LiveCertificate extends LiveObject {
  readonly spec: {
    readonly secretName: string;
    readonly issuerRef: { readonly name: string; readonly kind?: string };
  } & Readonly<Record<string, unknown>>;
  readonly status?: { readonly revision?: number; readonly conditions?: readonly { readonly type: string }[] };
}

/** What a Certificate's Secret holds. */
export interface Held {
  /** The certificate, and after it whoever stands between it and the authority. */
  readonly chain: readonly X509Certificate[];
  /** The authority at the chain's end. */
  readonly trusted: X509Certificate;
}

/**
 * Has cert-manager issue a certificate again, as `cmctl renew` does, and waits for it.
 * @throws ConfigurationError when there is none of the name, or when it isn't issued within a minute
 */
export async function issueAgain(kubectl: Kubectl, namespace: string, name: string): Promise<void> {
  const before = (await kubectl.get(CERTIFICATES, name, namespace)) as LiveCertificate | undefined;
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

/** What a Secret of a certificate holds; undefined while it holds none. */
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

/** Whether an authority has issued what is held: its key has signed it, its own certificate comes with it, and whom it answers to is trusted. */
export function isFrom({ chain, trusted }: Held, authority: Held): boolean {
  const [leaf, ...between] = chain;
  const [signer] = authority.chain;
  if (leaf === undefined || signer === undefined || !leaf.verify(signer.publicKey)) return false;
  const bridge = answersToNobody(authority) ? [] : authority.chain;
  return same([trusted, ...between], [authority.trusted, ...bridge]);
}

/** Whether an authority has signed itself. */
export function answersToNobody({ chain, trusted }: Held): boolean {
  return same(chain, [trusted]) && trusted.verify(trusted.publicKey);
}

function same(some: readonly X509Certificate[], others: readonly X509Certificate[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ fingerprint256 }, index) => fingerprint256 === others[index]?.fingerprint256)
  );
}
