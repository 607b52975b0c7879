import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, spiffeIdOf } from '@groundwork/contract';

/** Who a workload is, and how it proves it. */
export interface Identity {
  /** PEM: the certificate, and what stands between it and the authority. */
  readonly cert: string;
  /** PEM: its private key. */
  readonly key: string;
  /** PEM: the authorities that everyone's certificate must come from. */
  readonly ca: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<account>` */
  readonly spiffeId: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Reads `tls.crt`, `tls.key` and `ca.crt` of a folder, and checks that they belong together and are good now.
 * @throws ConfigurationError when a file is missing, cut off or of another pair, or when a certificate is out of its time
 */
export function readIdentity(folder: string, now: Date = new Date()): Identity {
  const refused = (what: string) =>
    new ConfigurationError({
      code: 'certificate-unreadable',
      where: `certificate in ${folder}`,
      problem: what,
      fix: 'mount the identity there, and see that its issuer renews it',
    });
  const [cert, key, ca] = files(folder, refused);
  try {
    const [leaf, ...between] = certificates(cert);
    if (leaf === undefined) throw refused('tls.crt holds no certificate');
    if (!leaf.checkPrivateKey(createPrivateKey(key))) throw refused('tls.key is not the key of tls.crt');
    const chain = chainOf(leaf, between, certificates(ca));
    if (chain === undefined) throw refused('tls.crt does not come from an authority in ca.crt');
    for (const one of chain) {
      if (one.validToDate <= now) throw refused(`${nameOf(one)} expired on ${one.validToDate.toISOString()}`);
      if (one.validFromDate > now)
        throw refused(
          `${nameOf(one)} is good from ${one.validFromDate.toISOString()} on, and here it is ${now.toISOString()}`,
        );
    }
    const spiffeId = spiffeIdOf(leaf);
    if (spiffeId === undefined) throw refused('tls.crt does not bear exactly one SPIFFE ID');
    return { cert, key, ca, spiffeId, notBefore: leaf.validFromDate, notAfter: leaf.validToDate };
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw refused(`it can't be read: ${(error as Error).message}`);
  }
}

/** All from one version of the folder: the kubelet makes a new one and then moves the link `..data`. */
function files(folder: string, refused: (what: string) => ConfigurationError): [string, string, string] {
  const read = (from: string) =>
    ['tls.crt', 'tls.key', 'ca.crt'].map((file) => readFileSync(join(from, file), 'utf8')) as [string, string, string];
  try {
    return read(version(folder));
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    throw refused(`${path ?? folder} can't be read: ${code}`);
  }
}

function version(folder: string): string {
  try {
    return realpathSync(join(folder, '..data'));
  } catch {
    return folder; // no volume of Kubernetes
  }
}

function certificates(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
}

/** From a certificate up to an authority; undefined when they are not linked. */
function chainOf(
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const issued = (issuer: X509Certificate) => leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  const authority = authorities.find(issued);
  if (authority !== undefined) return [leaf, authority];
  const [next, ...rest] = between;
  if (next === undefined || !issued(next)) return undefined;
  const above = chainOf(next, rest, authorities);
  return above === undefined ? undefined : [leaf, ...above];
}

function nameOf({ subject }: X509Certificate): string {
  return `the certificate of ${subject.replaceAll('\n', ', ')}`;
}
