import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { SecretsFile } from './secrets-file.ts';

const fresh = (): string => join(temporaryFolder('secrets'), 'a', 'dev.json');

test('a value is generated once and kept, also for the next run', () => {
  const path = fresh();
  const first = new SecretsFile(path).value('postgres/users/app', 'password');
  expect(Buffer.from(first, 'base64url')).toHaveLength(32);
  expect(new SecretsFile(path).value('postgres/users/app', 'password')).toBe(first);
});

test('two names have different values', () => {
  const file = new SecretsFile(fresh());
  expect(file.value('a', 'password')).not.toBe(file.value('b', 'password'));
});

test('only the owner can read the file', () => {
  const path = fresh();
  new SecretsFile(path).value('a', 'password');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a signing key set holds one private Ed25519 key with an id', () => {
  const { keys } = JSON.parse(new SecretsFile(fresh()).value('token-keys', 'ed25519-jwks')) as {
    keys: Record<string, string>[];
  };
  expect(keys).toHaveLength(1);
  expect(keys[0]).toMatchObject({
    kty: 'OKP',
    crv: 'Ed25519',
    alg: 'EdDSA',
    kid: expect.stringMatching(/^[0-9a-f]{16}$/),
    d: expect.any(String),
  });
});

test('a rotated value is a new one, with its age', () => {
  const path = fresh();
  const file = new SecretsFile(path);
  const before = Date.now();
  const first = file.value('a', 'password');
  file.rotate('a', 'password');
  const kept = new SecretsFile(path).kept('a');
  expect(kept?.value).not.toBe(first);
  expect(kept?.since.getTime()).toBeGreaterThanOrEqual(before);
  expect(kept?.given).toBe(false);
});

test('a value that a third party issues is asked for, and never generated', () => {
  const path = fresh();
  const file = new SecretsFile(path);
  expect(() => file.value('mail/url', 'given')).toThrow(
    /a third party issues its value[\s\S]*npm run secrets -- rotate mail\/url --from FILE/,
  );
  expect(file.kept('mail/url')).toBeUndefined();
  file.rotate('mail/url', 'given', 'smtps://example.com');
  expect(new SecretsFile(path).value('mail/url', 'given')).toBe('smtps://example.com');
});

test('a given value is stored unchanged, and stays marked as given', () => {
  const path = fresh();
  new SecretsFile(path).rotate('alertmanager/pager', 'password', 'from the pager');
  expect(new SecretsFile(path).kept('alertmanager/pager')).toMatchObject({ value: 'from the pager', given: true });
});

test('a rotated key set signs with a new key and still publishes the previous one, and no older one', () => {
  const file = new SecretsFile(fresh());
  const kids = (): string[] =>
    (JSON.parse(file.value('keys', 'ed25519-jwks')) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  const [first] = kids();
  file.rotate('keys', 'ed25519-jwks');
  const [second, ...former] = kids();
  expect(former).toEqual([first]);
  file.rotate('keys', 'ed25519-jwks');
  expect(kids().slice(1)).toEqual([second]);
});

test('a file of the first format, without times, is read; its values are as old as the file', () => {
  const path = join(temporaryFolder('secrets'), 'dev.json');
  writeFileSync(path, '{"a": "x"}');
  expect(new SecretsFile(path).kept('a')).toEqual({ value: 'x', since: statSync(path).mtime, given: false });
});

test('values are removed from third-party texts, in each encoding', () => {
  const file = new SecretsFile(fresh());
  const value = file.value('keys', 'ed25519-jwks');
  const words = `bad: ${value}, ${JSON.stringify({ value })}, ${Buffer.from(value).toString('base64')}`;
  expect(file.redact(words)).toBe('bad: (secret), {"value":"(secret)"}, (secret)');
});

test.each(['{"a": 1}', '["x"]', 'not json {canary'])(
  'a damaged file is rejected and left unchanged, and its content is not in the error: %s',
  (text) => {
    const path = join(temporaryFolder('secrets'), 'dev.json');
    writeFileSync(path, text);
    const attempt = (): unknown => new SecretsFile(path);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).not.toThrow(/canary/);
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);
