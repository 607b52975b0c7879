import { readFile, stat } from 'node:fs/promises';
import { ConfigurationError, valueAt } from '@groundwork/contract';
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose';

/** The public part of a key, as published. */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** Keys of access tokens: the first signs; all are published, so that tokens of an earlier key stay valid. */
export interface KeySet {
  readonly signing: { readonly kid: string; readonly key: CryptoKey };
  readonly published: readonly PublicKey[];
}

const FIX =
  'write a JSON Web Key Set with at least one private Ed25519 key: {"keys":[{"kty":"OKP","crv":"Ed25519","x":…,"d":…}]}';

/**
 * Reads a private key set (RFC 7517, RFC 8037). A key without `kid` gets its thumbprint (RFC 7638).
 * @throws ConfigurationError `key-set-invalid` that names the file and contains no part of it
 */
export async function readKeySet(path: string): Promise<KeySet> {
  const keys = parse(await readFile(path, 'utf8'), path);
  const usable = keys.filter(
    (key): key is JWK & { x: string; d: string } => key.kty === 'OKP' && key.crv === 'Ed25519' && !!key.x && !!key.d,
  );
  const [first] = usable;
  if (first === undefined || usable.length < keys.length) {
    throw new ConfigurationError({
      code: 'key-set-invalid',
      where: `secret 'token-keys' in ${path}`,
      problem: `${keys.length - usable.length} of ${keys.length} keys are not private Ed25519 keys`,
      fix: FIX,
    });
  }
  const published = await Promise.all(
    usable.map(async ({ x, kid, ...key }) => ({
      kty: 'OKP' as const,
      crv: 'Ed25519' as const,
      x,
      kid: kid ?? (await calculateJwkThumbprint({ ...key, x })),
      alg: 'EdDSA' as const,
      use: 'sig' as const,
    })),
  );
  const key = await importJWK(first, 'EdDSA').catch(() => {
    throw new ConfigurationError({
      code: 'key-set-invalid',
      where: `secret 'token-keys' in ${path}`,
      problem: 'the public part of the first key does not match its private part',
      fix: FIX,
    });
  });
  return { signing: { kid: (published[0] as PublicKey).kid, key: key as CryptoKey }, published };
}

function parse(text: string, path: string): JWK[] {
  try {
    const keys = valueAt(JSON.parse(text), 'keys');
    if (Array.isArray(keys)) return keys;
  } catch {
    // The error message of the parser quotes the text, which is secret.
  }
  throw new ConfigurationError({
    code: 'key-set-invalid',
    where: `secret 'token-keys' in ${path}`,
    problem: 'the file must contain a JSON Web Key Set',
    fix: FIX,
  });
}

/**
 * The key set in a file that is replaced to rotate keys; reloaded when the file has changed. If a new file is invalid,
 * the fault is reported, and the current keys stay in use.
 * @param every minimum milliseconds between two checks of the file; default 1000
 * @returns a function that returns the current key set, and checks the file first if it is due
 */
export async function watchKeySet(
  path: string,
  onFault: (error: unknown) => void,
  every = 1000,
): Promise<() => Promise<KeySet>> {
  // A mounted Secret is replaced by a symlink swap: the inode changes even if time and size do not.
  const version = async () => {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  };
  let seen = await version();
  let current = await readKeySet(path);
  let checkedAt = performance.now();
  return async () => {
    if (performance.now() - checkedAt < every) return current;
    checkedAt = performance.now();
    try {
      const found = await version();
      if (found !== seen) {
        seen = found;
        current = await readKeySet(path);
      }
    } catch (error) {
      onFault(error);
    }
    return current;
  };
}
