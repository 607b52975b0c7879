import { randomFillSync } from 'node:crypto';

/** Random bytes drawn at once, since each draw from the system costs more than all the rest of a trace's start. */
const pool = Buffer.alloc(4096);

let used = pool.length;

/** @param bytes at most 4096. @returns two hex digits a byte, from the system's cryptographic source */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
