import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';

/** A certificate that logs in, its key, and the authorities that the server's must come from; all PEM. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Gives the certificate to log in with now; the service's `IdentityWatch` is one. */
export interface CertificateSource {
  readonly current: Certificate;
}

/** Milliseconds between two looks at a folder. */
const LOOK_EVERY = 1000;

/** @throws ConfigurationError when a file can't be read */
export function readCertificate(folder: string): Certificate {
  return { ca: read(folder, 'ca.crt'), cert: read(folder, 'tls.crt'), key: read(folder, 'tls.key') };
}

/**
 * The certificate in a folder, read again when it has changed.
 * @throws ConfigurationError when it can't be read at the start; later the one before goes on
 */
export function certificateIn(folder: string): CertificateSource {
  let current = readCertificate(folder);
  let version = versionOf(folder);
  let lookedAt = performance.now();
  return {
    get current() {
      if (performance.now() - lookedAt < LOOK_EVERY) return current;
      lookedAt = performance.now();
      try {
        const found = versionOf(folder);
        if (found === version) return current;
        const next = readCertificate(folder);
        if (versionOf(folder) === found) [current, version] = [next, found]; // else its files are of two versions
      } catch {
        // being replaced, or gone: the one before goes on, and the server says when it is no longer good
      }
      return current;
    },
  };
}

/** A mounted Secret is replaced by a symlink swap: the inode changes even where time and size don't. */
function versionOf(folder: string): string {
  const { mtimeMs, size, ino } = statSync(join(folder, 'tls.crt'));
  return `${mtimeMs} ${size} ${ino}`;
}

function read(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError({
      code: 'certificate-unreadable',
      where: `certificate ${join(folder, file)}`,
      problem: `it can't be read: ${code}`,
      fix: 'mount the identity there, or correct IDENTITY_DIR',
    });
  }
}
