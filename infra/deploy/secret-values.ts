import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { SecretFormat } from '@groundwork/constructs';

/** Number of former keys that are still published: tokens signed by one are valid for minutes, not for two rotations. */
const FORMER_KEYS = 1;

const MAKERS: Readonly<Record<SecretFormat, () => string>> = {
  password: () => randomBytes(32).toString('base64url'),
  key: () => randomBytes(32).toString('base64'),
  uuid: randomUUID,
  'ed25519-jwks': signingKeys,
  given: () => {
    throw new Error('a value that a third party issues is never generated');
  },
};

/** Generates the first value of a deploy-time secret that is not `given`. */
export function firstValue(format: SecretFormat): string {
  return MAKERS[format]();
}

/** Generates the next value. A key set keeps its former key after the new one, so that what it signed stays valid. */
export function nextValue(format: SecretFormat, former: string | undefined): string {
  return format === 'ed25519-jwks' && former !== undefined ? withNewKey(former) : firstValue(format);
}

/** Whether a value looks randomly generated, 32 bytes or an id, and not issued by a third party. */
export function looksMade(format: SecretFormat, value: string): boolean {
  switch (format) {
    case 'password':
    case 'key':
      return /^[\w+/-]{43}=?$/.test(value);
    case 'uuid':
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
    case 'ed25519-jwks':
      return true; // third parties issue no key sets
    case 'given':
      return false;
  }
}

function withNewKey(former: string): string {
  const {
    keys: [fresh],
  } = JSON.parse(signingKeys()) as { keys: unknown[] };
  const { keys } = JSON.parse(former) as { keys: unknown[] };
  return JSON.stringify({ keys: [fresh, ...keys.slice(0, FORMER_KEYS)] });
}

/** A private JSON Web Key Set with one Ed25519 key (RFC 8037). */
function signingKeys(): string {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: [{ ...key, kid: randomBytes(8).toString('hex'), alg: 'EdDSA', use: 'sig' }] });
}

/** The text with all encodings of these values removed: for third-party texts, such as an error of the API server. */
export function redact(text: string, values: readonly string[]): string {
  const forms = values.flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
  ]);
  return forms.filter((form) => form !== '').reduce((rest, form) => rest.replaceAll(form, '(secret)'), text);
}
