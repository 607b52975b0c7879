import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretFormat } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { firstValue, nextValue, redact } from './secret-values.ts';

/** A stored deploy-time secret. */
export interface KeptSecret {
  readonly value: string;
  /** When the value was set. */
  readonly since: Date;
  /** Whether the value was given by an operator; otherwise it was generated here. */
  readonly given: boolean;
}

/** An entry of the file. */
interface Entry {
  readonly value: string;
  readonly since: string;
  readonly given?: true;
}

/**
 * Store of deploy-time secrets for the `apply` engine: one file per cluster and namespace, readable by its owner only. A
 * value is generated on first use and then kept, so that running again changes nothing. With Pulumi the stack's encrypted
 * configuration is the store.
 */
export class SecretsFile {
  readonly #path: string;
  readonly #entries: Record<string, Entry>;

  /** Opens the file of a namespace. @param state the cluster's state folder */
  public static of({ state }: { readonly state: string }, namespace: string): SecretsFile {
    return new SecretsFile(join(state, 'secrets', `${namespace}.json`));
  }

  /** @throws ConfigurationError if the file exists but is damaged: starting empty would replace live passwords. */
  public constructor(path: string) {
    this.#path = path;
    this.#entries = read(path);
  }

  /**
   * The value of a deploy-time secret; generated and stored first if there is none.
   * @throws ConfigurationError if a third party issues it and it is not stored yet
   */
  public value(name: string, format: SecretFormat): string {
    const known = this.#entries[name]?.value;
    if (known === undefined && format === 'given')
      throw new ConfigurationError({
        code: 'secret-missing',
        where: `secret '${name}'`,
        problem: 'a third party issues its value, and none is stored yet',
        fix: `store the value that you were given: npm run secrets -- rotate ${name} --from FILE`,
      });
    return known ?? this.#keep(name, { value: firstValue(format) });
  }

  /** The stored secret, or undefined before its first use. */
  public kept(name: string): KeptSecret | undefined {
    const entry = this.#entries[name];
    return entry && { value: entry.value, since: new Date(entry.since), given: entry.given === true };
  }

  /** Generates a next value without storing it. */
  public next(name: string, format: SecretFormat): string {
    return nextValue(format, this.#entries[name]?.value);
  }

  /**
   * Stores a secret's new value.
   * @param given the value, for one issued by a third party @default `made`
   * @param made the generated value @default one that is generated now
   */
  public rotate(name: string, format: SecretFormat, given?: string, made?: string): void {
    this.#keep(name, given === undefined ? { value: made ?? this.next(name, format) } : { value: given, given: true });
  }

  /** The text with all values removed: for third-party texts, such as an error of the API server. */
  public redact(text: string): string {
    return redact(
      text,
      Object.values(this.#entries).map(({ value }) => value),
    );
  }

  #keep(name: string, entry: Omit<Entry, 'since'>): string {
    this.#entries[name] = { ...entry, since: new Date().toISOString() };
    this.#write();
    return entry.value;
  }

  #write(): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const draft = `${this.#path}.${randomUUID()}`;
    writeFileSync(draft, `${JSON.stringify(this.#entries, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, this.#path); // atomic: the process may be killed here
  }
}

function read(path: string): Record<string, Entry> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      !Array.isArray(parsed) &&
      Object.values(parsed).every((entry) => isText(entry) || isEntry(entry))
    )
      return Object.fromEntries(
        Object.entries(parsed).map(([name, entry]) => [
          name,
          isText(entry) ? { value: entry, since: writtenAt(path) } : entry,
        ]),
      );
  } catch {
    // reported below, without the text: it has secrets
  }
  throw new ConfigurationError({
    code: 'file-invalid',
    where: `secrets file ${path}`,
    problem: 'it must be a JSON object of secrets',
    fix: 'restore it from a backup, or remove it together with the environment (`npm run down`)',
  });
}

function isText(entry: unknown): entry is string {
  return typeof entry === 'string'; // the first format
}

function isEntry(entry: unknown): entry is Entry {
  const { value, since } = (entry ?? {}) as Partial<Entry>;
  return typeof value === 'string' && typeof since === 'string';
}

function writtenAt(path: string): string {
  return statSync(path).mtime.toISOString();
}
