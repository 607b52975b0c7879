import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LateFormat } from '@groundwork/constructs';
import { Mistake } from '@groundwork/contract';

/**
 * The values of late secrets for the `apply` engine: one file for a cluster and a namespace, readable by its owner
 * only. A value is made when first asked for and then stays, so that running again changes nothing.
 * With Pulumi the stack's encrypted config takes this place.
 */
export class SecretsFile {
  readonly #path: string;
  readonly #values: Record<string, string>;

  /** @throws Mistake when the file is there but is no JSON object of strings: guessing would replace live passwords. */
  public constructor(path: string) {
    this.#path = path;
    this.#values = read(path);
  }

  /** The value of a late secret, made and written down first if there is none. */
  public value(name: string, format: LateFormat): string {
    const known = this.#values[name];
    if (known !== undefined) return known;
    const made = MAKERS[format]();
    this.#values[name] = made;
    this.#write();
    return made;
  }

  #write(): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const draft = `${this.#path}.${randomUUID()}`;
    writeFileSync(draft, `${JSON.stringify(this.#values, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.#path); // whole or not at all: a run may be killed here
  }
}

function read(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) && Object.values(parsed).every((value) => typeof value === 'string'))
      return parsed as Record<string, string>;
  } catch {
    // said below, without the text: it holds secrets
  }
  throw new Mistake(
    `secrets file ${path}`,
    'it is no JSON object of strings',
    'restore it from a backup, or remove it together with the environment (`npm run down`)',
  );
}

const MAKERS: Readonly<Record<LateFormat, () => string>> = {
  password: () => randomBytes(32).toString('base64url'),
  key: () => randomBytes(32).toString('base64'),
  uuid: randomUUID,
  'ed25519-jwks': signingKeys,
};

/** A private JSON Web Key Set with one Ed25519 key (RFC 8037). Rotation puts a new key in front. */
function signingKeys(): string {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: [{ ...key, kid: randomBytes(8).toString('hex'), alg: 'EdDSA', use: 'sig' }] });
}
