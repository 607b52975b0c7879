import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, textAt } from '@groundwork/contract';

/** Client certificate, private key, and the authorities that the server's certificate must be issued by; all PEM. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Source of the current client certificate; an `IdentityWatch` is one. */
export interface CertificateSource {
  readonly current: Certificate;
}

/** Milliseconds between two checks of a folder. */
const CHECK_INTERVAL = 1000;

/** @throws ConfigurationError `certificate-unreadable` if a file cannot be read */
export function readCertificate(folder: string): Certificate {
  return { ca: read(folder, 'ca.crt'), cert: read(folder, 'tls.crt'), key: read(folder, 'tls.key') };
}

/**
 * The certificate in a folder, reloaded when it changes. If reloading fails, the current certificate stays in use.
 * @throws ConfigurationError `certificate-unreadable` if it cannot be read at start
 */
export function certificateIn(folder: string): CertificateSource {
  let current = readCertificate(folder);
  let version = versionOf(folder);
  let checkedAt = performance.now();
  return {
    get current() {
      if (performance.now() - checkedAt < CHECK_INTERVAL) return current;
      checkedAt = performance.now();
      try {
        const found = versionOf(folder);
        if (found === version) return current;
        const next = readCertificate(folder);
        if (versionOf(folder) === found) [current, version] = [next, found]; // else the files are from two versions
      } catch {
        // being replaced, or missing: keep the current one; the server rejects it when it has expired
      }
      return current;
    },
  };
}

/** A mounted Secret is replaced by a symlink swap: the inode changes even if time and size do not. */
function versionOf(folder: string): string {
  const { mtimeMs, size, ino } = statSync(join(folder, 'tls.crt'));
  return `${mtimeMs} ${size} ${ino}`;
}

function read(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    const code = textAt(error, 'code');
    throw new ConfigurationError({
      code: 'certificate-unreadable',
      where: `certificate ${join(folder, file)}`,
      problem: `cannot be read: ${code}`,
      fix: 'mount the certificate there, or correct IDENTITY_DIR',
    });
  }
}
