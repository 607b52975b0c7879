import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority for one test file. */
export interface TestAuthority {
  /**
   * A folder like the one that a pod has at IDENTITY_DIR: `tls.crt`, `tls.key`, `ca.crt`, `tls-combined.pem`. Asked for
   * again, the same folder gets a new certificate, each file replaced in one step.
   * @param commonName `<account>.<namespace>`, good for 127.0.0.1 too
   */
  issue(commonName: string): string;
  remove(): void;
}

/** Keys are ECDSA P-256 in PKCS #8, as cert-manager makes them. */
export function createAuthority(name = 'test'): TestAuthority {
  const root = mkdtempSync(join(tmpdir(), 'groundwork-pki-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (file: string) => openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file);
  key('ca.key');
  openssl('req', '-x509', '-new', '-key', 'ca.key', '-out', 'ca.crt', '-days', '1', '-subj', `/CN=${name}`);
  return {
    issue: (commonName) => {
      const folder = join(root, commonName);
      mkdirSync(folder, { recursive: true });
      key('next.key');
      openssl('req', '-new', '-key', 'next.key', '-out', 'next.csr', '-subj', `/CN=${commonName}`);
      writeFileSync(join(root, 'next.ext'), `subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n`);
      openssl(...'x509 -req -in next.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 -extfile next.ext -out next.crt'.split(' '));
      const [keyPem, crt, ca] = ['next.key', 'next.crt', 'ca.crt'].map((file) => readFileSync(join(root, file), 'utf8'));
      const files = { 'tls.key': keyPem, 'ca.crt': ca, 'tls-combined.pem': `${keyPem}${crt}`, 'tls.crt': crt };
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(root, 'new'), text as string, { mode: 0o600 });
        renameSync(join(root, 'new'), join(folder, file));
      }
      return folder;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
