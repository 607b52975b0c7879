import { createHash } from 'node:crypto';

/** 12 hex digits that change when any of the parts does; each part is set off from the next. */
export function checksum(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}
