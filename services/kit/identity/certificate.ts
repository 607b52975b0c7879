import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, spiffeIdOf, textAt } from '@groundwork/contract';

/** Certificate, private key and trust bundle of a workload. */
export interface Identity {
  /** PEM: the certificate, then its intermediate certificates. */
  readonly cert: string;
  /** PEM: private key of the certificate. */
  readonly key: string;
  /** PEM: the certificate authorities that peers' certificates must be issued by. */
  readonly ca: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<account>` */
  readonly spiffeId: string;
  /** Start of its validity. */
  readonly notBefore: Date;
  /** End of its validity. */
  readonly notAfter: Date;
}

/**
 * Reads `tls.crt`, `tls.key` and `ca.crt` of a folder, and checks that they match and are valid at `now`.
 * @throws ConfigurationError `certificate-unreadable` if a file is missing, truncated or from another pair, or a certificate is expired or not yet valid
 */
export function readIdentity(folder: string, now: Date = new Date()): Identity {
  const invalid = (problem: string) =>
    new ConfigurationError({
      code: 'certificate-unreadable',
      where: `certificate in ${folder}`,
      problem,
      fix: 'mount the certificate there, and check that its issuer renews it',
    });
  const [cert, key, ca] = files(folder, invalid);
  try {
    const [leaf, ...intermediates] = certificates(cert);
    if (leaf === undefined) throw invalid('tls.crt contains no certificate');
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw invalid('tls.key is not the key of tls.crt');
    const chain = chainOf(leaf, intermediates, certificates(ca));
    if (chain === undefined) throw invalid('tls.crt is not issued by an authority in ca.crt');
    for (const one of chain) {
      if (one.validToDate <= now) throw invalid(`${nameOf(one)} expired on ${one.validToDate.toISOString()}`);
      if (one.validFromDate > now)
        throw invalid(
          `${nameOf(one)} is not valid before ${one.validFromDate.toISOString()}, and the local time is ${now.toISOString()}`,
        );
    }
    const spiffeId = spiffeIdOf(leaf);
    if (spiffeId === undefined) throw invalid('tls.crt must contain exactly one SPIFFE ID');
    return { cert, key, ca, spiffeId, notBefore: leaf.validFromDate, notAfter: leaf.validToDate };
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw invalid(`cannot be read: ${textAt(error, 'message')}`);
  }
}

/** Reads all files from one version of the folder: the kubelet writes a new folder and then moves the link `..data`. */
function files(folder: string, invalid: (what: string) => ConfigurationError): [string, string, string] {
  try {
    const from = version(folder);
    const read = (file: string) => readFileSync(join(from, file), 'utf8');
    return [read('tls.crt'), read('tls.key'), read('ca.crt')];
  } catch (error) {
    throw invalid(`${textAt(error, 'path') ?? folder} cannot be read: ${textAt(error, 'code')}`);
  }
}

function version(folder: string): string {
  try {
    return realpathSync(join(folder, '..data'));
  } catch {
    return folder; // not a Kubernetes volume
  }
}

function certificates(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
}

/** The chain from a certificate to an authority; undefined if they are not linked. */
function chainOf(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const issued = (issuer: X509Certificate) => leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  const authority = authorities.find(issued);
  if (authority !== undefined) return [leaf, authority];
  const [next, ...rest] = intermediates;
  if (next === undefined || !issued(next)) return undefined;
  const above = chainOf(next, rest, authorities);
  return above === undefined ? undefined : [leaf, ...above];
}

function nameOf({ subject }: X509Certificate): string {
  return `the certificate of ${subject.replaceAll('\n', ', ')}`;
}
