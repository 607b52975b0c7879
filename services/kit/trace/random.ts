import { randomFillSync } from 'node:crypto';

/** A pool of random bytes: one system call per trace would cost more than the rest of starting it. */
const pool = Buffer.alloc(4096);

let used = pool.length;

/**
 * Random hex digits from the system's cryptographic source.
 * @param bytes at most 4096
 * @returns two hex digits per byte
 */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
