import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** Generates a private Ed25519 key, as JSON. */
export async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}

/** Replaces the token keys in a folder of secrets atomically, as the kubelet does. */
export function replaceKeys(folder: string, keys: readonly JWK[]): void {
  writeFileSync(join(folder, 'next'), JSON.stringify({ keys }), { mode: 0o600 });
  renameSync(join(folder, 'next'), join(folder, 'token-keys'));
}
