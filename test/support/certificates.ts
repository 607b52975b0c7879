import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface CertificateSpec {
  readonly secretName: string;
  readonly commonName: string;
  readonly uris?: readonly string[];
  readonly dnsNames?: readonly string[];
}

/** Replaces cert-manager in a test: creates the Secret of a Certificate. */
export class Issuer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'groundwork-issuer-'));

  public constructor() {
    this.#key('ca.key');
    this.#openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      '/CN=groundwork test',
    );
  }

  /** Returns a new certificate at each call, as a renewal does. */
  public secretOf({
    metadata,
    spec,
  }: {
    readonly metadata: { readonly namespace?: string };
    readonly spec?: unknown;
  }): {
    readonly stringData: Readonly<Record<string, string>>;
  } {
    const { secretName, commonName, uris = [], dnsNames = [] } = spec as CertificateSpec;
    const names = [...uris.map((uri) => `URI:${uri}`), ...dnsNames.map((name) => `DNS:${name}`)];
    writeFileSync(
      join(this.#folder, 'ext'),
      `${names.length > 0 ? `subjectAltName=${names.join(',')}\n` : ''}extendedKeyUsage=serverAuth,clientAuth\n`,
    );
    this.#key('tls.key');
    this.#openssl('req', '-new', '-key', 'tls.key', '-out', 'csr', '-subj', `/CN=${commonName}`);
    this.#openssl(
      ...'x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out tls.crt'.split(' '),
    );
    const [crt, key, ca] = ['tls.crt', 'tls.key', 'ca.crt'].map((file) =>
      readFileSync(join(this.#folder, file), 'utf8'),
    ) as [string, string, string];
    const stringData = { 'tls.crt': crt, 'tls.key': key, 'ca.crt': ca, 'tls-combined.pem': `${key}${crt}` };
    const made = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace: metadata.namespace },
      stringData,
    };
    return made;
  }

  public remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #key(file: string): void {
    this.#openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
