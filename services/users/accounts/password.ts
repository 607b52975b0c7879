import { type Algorithm, hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with 19 MiB of memory, 2 passes, 1 lane: the first choice of OWASP's Password Storage Cheat Sheet.
 * The parameters are part of each hash, so raising them leaves old hashes valid.
 */
const ARGON2 = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes a password with a salt of its own; tens of milliseconds on a thread of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

/** Stands in for the hash of an account that doesn't exist. */
const nobody = hashPassword('no account has this password');

/**
 * Checks a password. Without an account it takes as long, so that the time of an answer doesn't tell which
 * addresses have one.
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  const matches = await verify(stored ?? (await nobody), password);
  return matches && stored !== undefined;
}
