import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An expired certificate of an authority: the same name and key, valid until yesterday. */
export function expired({ cert, key }: { readonly cert: string; readonly key: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-expired-'));
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    writeFileSync(join(folder, 'key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'ext'), 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n');
    openssl(
      'req',
      '-new',
      '-key',
      'key',
      '-out',
      'csr',
      '-subj',
      `/${new X509Certificate(cert).subject.replaceAll('\n', '/')}`,
    );
    openssl(...'x509 -req -in csr -signkey key -days -1 -extfile ext -out crt'.split(' '));
    return readFileSync(join(folder, 'crt'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
