import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';

/** TLS of a client that shows the certificate in a folder. The files are read anew for each connection. */
export function identityTls(folder: string): ConnectionOptions {
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    minVersion: 'TLSv1.3',
    get cert() {
      return file('tls.crt');
    },
    get key() {
      return file('tls.key');
    },
    get ca() {
      return file('ca.crt');
    },
  };
}

/**
 * Calls `renewed` after the certificate in a folder has changed, by a rename as the kubelet does it.
 * @returns ends the watch
 */
export function watchIdentity(folder: string, renewed: () => void): () => void {
  const certificate = () => readFileSync(join(folder, 'tls.crt'), 'utf8');
  let current = certificate();
  const watcher = watch(folder, { persistent: false }, () => {
    try {
      const next = certificate();
      if (next === current) return;
      current = next;
    } catch {
      return; // between two renames the file may be missing; another event follows
    }
    renewed();
  });
  return () => watcher.close();
}
