import { createHmac, randomBytes } from 'node:crypto';
import type { Manifest } from '@groundwork/constructs';

/** Of this run: two values of it can be told apart, and neither can be guessed from what stands for it. */
const KEY = randomBytes(32);

/** A Secret of the cluster with something in the place of each value, the same for the same value. */
export function redactSecrets(manifest: Manifest): Manifest {
  const { kind, data } = manifest as Manifest & { data?: Readonly<Record<string, string>> };
  if (kind !== 'Secret' || data === undefined) return manifest;
  const veil = (value: string) => `(hidden ${createHmac('sha256', KEY).update(value).digest('hex').slice(0, 8)})`;
  return {
    ...manifest,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, veil(value)])),
  } as Manifest;
}
