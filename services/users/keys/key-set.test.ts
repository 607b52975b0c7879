import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { newKey, replaceKeys } from '../testing.ts';
import { readKeySet, watchKeySet } from './key-set.ts';

let key: JWK;
let folder: string;
let file: string;
beforeEach(async () => {
  key = await newKey();
  folder = temporaryFolder('keys');
  replaceKeys(folder, [key]);
  file = join(folder, 'token-keys');
});

/** Faults that were reported. */
let faults: string[];
beforeEach(() => {
  faults = [];
});
const onFault = (error: unknown) => void faults.push(`${error}`);
const kids = ({ published }: Awaited<ReturnType<typeof readKeySet>>) => published.map(({ kid }) => kid);

describe('readKeySet', () => {
  test('the first key signs; all are published, without their private part', async () => {
    const other = { ...(await newKey()), kid: 'other' };
    replaceKeys(folder, [key, other]);
    const { signing, published } = await readKeySet(file);
    const kid = await calculateJwkThumbprint(key);
    expect(signing.kid).toBe(kid);
    expect(await exportJWK(signing.key).catch(() => 'not extractable')).toBe('not extractable');
    const fields = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' };
    expect(published).toEqual([
      { ...fields, x: key.x, kid },
      { ...fields, x: other.x, kid: 'other' },
    ]);
  });

  const replaced = (keys: readonly object[]) => JSON.stringify({ keys });
  test.each<[string, (own: JWK) => string | Promise<string>, RegExp]>([
    ['text that is not JSON', ({ d }) => `${d}, not JSON`, /the file must contain a JSON Web Key Set/],
    ['JSON of another form', ({ d }) => JSON.stringify({ key: d }), /the file must contain a JSON Web Key Set/],
    ['a key that is not in a set', (own) => JSON.stringify(own), /the file must contain a JSON Web Key Set/],
    ['no key', () => replaced([]), /0 of 0 keys are not private Ed25519 keys/],
    ['a public key', ({ d: _, ...own }) => replaced([own]), /1 of 1 keys are not private Ed25519 keys/],
    ['an invalid key after a valid one', (own) => replaced([own, {}]), /1 of 2 keys are not private Ed25519 keys/],
    [
      'a key of another kind',
      async () => {
        const { privateKey } = await generateKeyPair('ES256', { extractable: true });
        return replaced([await exportJWK(privateKey)]);
      },
      /1 of 1 keys are not private Ed25519 keys/,
    ],
    [
      'a truncated private key',
      (own) => replaced([{ ...own, d: own.d?.slice(0, 9) }]),
      /the public part of the first key does not match/,
    ],
    [
      'parts of two keys',
      async (own) => replaced([{ ...own, x: (await newKey()).x }]),
      /the public part of the first key does not match its private part/,
    ],
  ])('%s is rejected with the name of the file and no part of the key', async (_, text, message) => {
    writeFileSync(file, await text(key));
    const error = await readKeySet(file).catch((one: Error) => one);
    expect(`${error}`).toMatch(message);
    expect(`${error}`).toContain(`secret 'token-keys' in ${file}`);
    expect(`${error}`).not.toContain(key.d?.slice(0, 9));
  });
});

describe('watchKeySet', () => {
  test('keys of a replaced file are used at the next check, not before', async () => {
    const [eager, patient] = [await watchKeySet(file, onFault, 0), await watchKeySet(file, onFault, 3_600_000)];
    const before = kids(await eager());
    replaceKeys(folder, [await newKey()]);
    expect(kids(await eager())).not.toEqual(before);
    expect(kids(await patient())).toEqual(before);
    expect(faults).toEqual([]);
  });

  test('law: while the new file is invalid or missing the current keys stay in use, and the fault is reported', async () => {
    const keys = await watchKeySet(file, onFault, 0);
    const before = await keys();
    replaceKeys(folder, []);
    expect(await keys()).toBe(before);
    expect(faults).toEqual([expect.stringContaining('0 of 0 keys are not private Ed25519 keys')]);
    rmSync(file);
    expect(await keys()).toBe(before);
    expect(faults).toEqual([expect.anything(), expect.stringContaining('ENOENT')]);
    const next = await newKey();
    replaceKeys(folder, [next]);
    expect(kids(await keys())).toEqual([await calculateJwkThumbprint(next)]);
    expect(faults).toHaveLength(2);
  });

  test('an invalid file is reported once, not at each check', async () => {
    const keys = await watchKeySet(file, onFault, 0);
    replaceKeys(folder, []);
    for (const _ of [1, 2, 3]) await keys();
    expect(faults).toHaveLength(1);
  });

  test('a file that is invalid at start is rejected', async () => {
    replaceKeys(folder, []);
    await expect(watchKeySet(file, onFault)).rejects.toThrow(/0 of 0 keys/);
  });
});
