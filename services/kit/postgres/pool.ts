import { statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { connection } from './connection.ts';
import { identityFolder, type PostgresConfig } from './variables.ts';

/** Milliseconds between two looks at the certificate. */
const LOOK_EVERY = 1000;

/**
 * A pool whose new connections log in with the newest certificate. Those that were made with an earlier one are closed
 * when they are next given back, or by the pool when idle: no statement is cut off, no request fails, and the pool never
 * holds more than its size.
 */
export class IdentityPool {
  readonly #pool: pg.Pool;
  readonly #certificate: string;
  readonly #madeWith = new WeakMap<object, string>();
  #version = '';
  #lookedAt = 0;

  /**
   * @param onLost told of an idle connection that breaks; the pool has dropped it already
   * @throws Mistake when the certificate can't be read
   */
  public constructor(config: PostgresConfig, settings: pg.PoolConfig, onLost: (error: Error) => void) {
    this.#certificate = join(identityFolder(config), 'tls.crt');
    connection(config); // a missing certificate is an error at start, not at the first request
    const note = (client: object) => this.#madeWith.set(client, this.#look());
    class IdentityClient extends pg.Client {
      public constructor(options?: pg.ClientConfig) {
        super({ ...options, ...connection(config) });
        // One that breaks while it is lent out and no statement runs; the next statement fails with it. Unheard, it would end the process.
        this.on('error', () => {});
        note(this);
      }
    }
    this.#pool = new pg.Pool({ ...settings, Client: IdentityClient });
    this.#pool.on('error', onLost); // without a listener it would end the process
  }

  public get size(): number {
    return this.#pool.totalCount;
  }
  public get idle(): number {
    return this.#pool.idleCount;
  }
  public get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** A connection of the pool; it must be given back with `release`. */
  public async connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect();
    const release = client.release;
    client.release = (failure) => release(failure ?? this.#outdated(client));
    return client;
  }

  /** Closes all connections, those in use when they are given back. */
  public end(): Promise<void> {
    return this.#pool.end();
  }

  #outdated(client: object): boolean {
    if (performance.now() - this.#lookedAt > LOOK_EVERY) this.#look();
    return this.#madeWith.get(client) !== this.#version;
  }

  /** Names the certificate that is there now. A mounted Secret is replaced by a symlink swap: the inode changes too. */
  #look(): string {
    this.#lookedAt = performance.now();
    try {
      const { mtimeMs, size, ino } = statSync(this.#certificate);
      this.#version = `${mtimeMs} ${size} ${ino}`;
    } catch {
      // gone for a moment, or for good: what connects next says so
    }
    return this.#version;
  }
}
