import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretFormat } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { firstValue, nextValue, redact } from './secret-values.ts';

/** One deploy-time secret as it is kept. */
export interface KeptSecret {
  readonly value: string;
  /** When it got this value. */
  readonly since: Date;
  /** Whether somebody handed the value over; otherwise it was made here. */
  readonly given: boolean;
}

/** As the file has it. */
interface Entry {
  readonly value: string;
  readonly since: string;
  readonly given?: true;
}

/**
 * The values of deploy-time secrets for the `apply` engine: one file for a cluster and a namespace, readable by its owner
 * only. A value is made when first asked for and then stays, so that running again changes nothing.
 * With Pulumi the stack's encrypted config takes this place.
 */
export class SecretsFile {
  readonly #path: string;
  readonly #entries: Record<string, Entry>;

  /** The file of a namespace. @param state folder in which the cluster's driver keeps its state */
  public static of({ state }: { readonly state: string }, namespace: string): SecretsFile {
    return new SecretsFile(join(state, 'secrets', `${namespace}.json`));
  }

  /** @throws ConfigurationError when the file is there but holds something else: guessing would replace live passwords. */
  public constructor(path: string) {
    this.#path = path;
    this.#entries = read(path);
  }

  /** The value of a deploy-time secret, made and written down first if there is none. */
  public value(name: string, format: SecretFormat): string {
    return this.#entries[name]?.value ?? this.#keep(name, { value: firstValue(format) });
  }

  /** What is kept of a secret, or undefined before its first use. */
  public kept(name: string): KeptSecret | undefined {
    const entry = this.#entries[name];
    return entry && { value: entry.value, since: new Date(entry.since), given: entry.given === true };
  }

  /** A next value, which nobody has yet. */
  public next(name: string, format: SecretFormat): string {
    return nextValue(format, this.#entries[name]?.value);
  }

  /**
   * Writes a secret's new value down.
   * @param given the value, for one that others decide on @default `made`
   * @param made @default one that is made now
   */
  public rotate(name: string, format: SecretFormat, given?: string, made: string = this.next(name, format)): void {
    this.#keep(name, given === undefined ? { value: made } : { value: given, given: true });
  }

  /** The text without any of the values: for words that others chose, such as an error of the API server. */
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
    renameSync(draft, this.#path); // whole or not at all: a run may be killed here
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
    // said below, without the text: it holds secrets
  }
  throw new ConfigurationError({
    code: 'file-invalid',
    where: `secrets file ${path}`,
    problem: 'it is no JSON object of secrets',
    fix: 'restore it from a backup, or remove it together with the environment (`npm run down`)',
  });
}

function isText(entry: unknown): entry is string {
  return typeof entry === 'string'; // so the first versions wrote it
}

function isEntry(entry: unknown): entry is Entry {
  const { value, since } = (entry ?? {}) as Partial<Entry>;
  return typeof value === 'string' && typeof since === 'string';
}

function writtenAt(path: string): string {
  return statSync(path).mtime.toISOString();
}
