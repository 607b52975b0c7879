import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { SecretsFile } from './secrets-file.ts';

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'secrets-')), 'a', 'dev.json');

test('a value is made once and then stays, also for the next run', () => {
  const path = fresh();
  const first = new SecretsFile(path).value('postgres/users/app', 'password');
  expect(Buffer.from(first, 'base64url')).toHaveLength(32);
  expect(new SecretsFile(path).value('postgres/users/app', 'password')).toBe(first);
});

test('two names have two values', () => {
  const file = new SecretsFile(fresh());
  expect(file.value('a', 'password')).not.toBe(file.value('b', 'password'));
});

test('only the owner can read the file', () => {
  const path = fresh();
  new SecretsFile(path).value('a', 'password');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a signing key set holds one private Ed25519 key with an id', () => {
  const { keys } = JSON.parse(new SecretsFile(fresh()).value('token-keys', 'ed25519-jwks')) as { keys: Record<string, string>[] };
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: expect.stringMatching(/^[0-9a-f]{16}$/), d: expect.any(String) });
});

test.each(['{"a": 1}', '["x"]', 'not json {canary'])('a damaged file is refused and left as it is, and what it says is not repeated: %s', (text) => {
  const path = join(mkdtempSync(join(tmpdir(), 'secrets-')), 'dev.json');
  writeFileSync(path, text);
  const attempt = (): unknown => new SecretsFile(path);
  expect(attempt).toThrow(Mistake);
  expect(attempt).not.toThrow(/canary/);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
