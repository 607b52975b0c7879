import { createHash } from 'node:crypto';

/** Checksum of 12 hex digits over all parts and their boundaries. */
export function checksum(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}
