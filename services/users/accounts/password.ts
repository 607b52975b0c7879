import { type Algorithm, hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with 19 MiB of memory, 2 passes, 1 lane: the first recommendation of OWASP's Password Storage Cheat Sheet.
 * The parameters are part of each hash, so raising them leaves old hashes valid.
 */
const ARGON2 = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes a password with a random salt; takes tens of milliseconds on another thread. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, ARGON2);
}

/** Hash to verify against if the account does not exist. */
const placeholder = hashPassword('no account has this password');

/**
 * Verifies a password. It takes the same time without an account, so that response times do not reveal which addresses
 * have one.
 * @param stored hash of the account's password; undefined if there is no account
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  const matches = await verify(stored ?? (await placeholder), password);
  return matches && stored !== undefined;
}
