import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority for one test file. */
export interface TestAuthority {
  /**
   * A folder like that of a pod at IDENTITY_DIR: `tls.crt`, `tls.key`, `ca.crt`, `tls-combined.pem`. A second call
   * writes a new certificate to the same folder and replaces each file in one step.
   * @param commonName `<account>.<namespace>`; the certificate is also valid for 127.0.0.1
   */
  issue(commonName: string, wish?: CertificateWish): string;
  /** Replaces the authority's certificate in such a folder by one of the same key that expired yesterday. */
  end(folder: string): void;
  remove(): void;
}

/** Non-default properties of a certificate. */
export interface CertificateWish {
  /** Subject alternative names of kind URI. @default the SPIFFE ID of the account in the trust domain `test.shop` */
  readonly uris?: readonly string[];
  /** @default an hour ago */
  readonly notBefore?: Date;
  /** @default in a day */
  readonly notAfter?: Date;
  /** Name of the folder. @default the common name */
  readonly folder?: string;
}

const HOUR = 3_600_000;

/** Configuration of `openssl ca` that signs every request. */
const SIGNING = `[ca]
default_ca = all
[all]
database = index.txt
new_certs_dir = .
rand_serial = yes
certificate = ca.crt
private_key = ca.key
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
`;

/** Keys are ECDSA P-256 in PKCS #8, as cert-manager makes them. */
export function createAuthority(name = 'test'): TestAuthority {
  const root = mkdtempSync(join(tmpdir(), 'groundwork-pki-'));
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (file: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
  key('ca.key');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-out', 'ca.crt', '-days', '1', '-subj', `/CN=${name}`);
  writeFileSync(join(root, 'signing.cnf'), SIGNING);
  writeFileSync(join(root, 'index.txt'), '');
  return {
    issue: (commonName, { uris = [spiffeIdOf(commonName)], notBefore, notAfter, folder: named = commonName } = {}) => {
      const folder = join(root, named);
      mkdirSync(folder, { recursive: true });
      key('next.key');
      openssl('req', '-new', '-key', 'next.key', '-out', 'next.csr', '-subj', `/CN=${commonName}`);
      const names = ['DNS:localhost', 'IP:127.0.0.1', ...uris.map((uri) => `URI:${uri}`)];
      writeFileSync(
        join(root, 'next.ext'),
        `subjectAltName=${names.join(',')}\nextendedKeyUsage=serverAuth,clientAuth\n`,
      );
      const time = [
        ['-startdate', stamp(notBefore ?? new Date(Date.now() - HOUR))],
        ['-enddate', stamp(notAfter ?? new Date(Date.now() + 24 * HOUR))],
      ].flat();
      openssl(
        ...'ca -batch -notext -config signing.cnf -in next.csr -extfile next.ext -out next.crt'.split(' '),
        ...time,
      );
      const [keyPem, crt, ca] = ['next.key', 'next.crt', 'ca.crt'].map((file) =>
        readFileSync(join(root, file), 'utf8'),
      );
      const files = { 'tls.key': keyPem, 'ca.crt': ca, 'tls-combined.pem': `${keyPem}${crt}`, 'tls.crt': crt };
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(root, 'new'), text as string, { mode: 0o600 });
        renameSync(join(root, 'new'), join(folder, file));
      }
      return folder;
    },
    end: (folder) => {
      openssl('req', '-new', '-key', 'ca.key', '-out', 'ended.csr', '-subj', `/CN=${name}`);
      openssl('x509', '-req', '-in', 'ended.csr', '-signkey', 'ca.key', '-days', '-1', '-out', join(folder, 'ca.crt'));
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function spiffeIdOf(commonName: string): string {
  const [account, namespace] = commonName.split('.');
  return `spiffe://test.shop/ns/${namespace}/sa/${account}`;
}

/** A time as openssl reads it, such as `20261123053000Z`. */
function stamp(time: Date): string {
  return `${time.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`;
}
