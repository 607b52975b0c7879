import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';

/** Folder of a pod's certificate. @default IDENTITY_DIR, or the mount path of the constructs */
export const IDENTITY_DIR = process.env.IDENTITY_DIR ?? '/var/run/groundwork/identity';

/** Reads the current certificate, as options of a TLS client or server. */
export function identityTls(folder: string) {
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    minVersion: 'TLSv1.3',
    cert: file('tls.crt'),
    key: file('tls.key'),
    ca: file('ca.crt'),
  } as const satisfies ConnectionOptions;
}
