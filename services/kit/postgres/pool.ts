import pg from 'pg';
import { type Certificate, type CertificateSource, certificateIn } from './certificate.ts';
import { connection } from './connection.ts';
import { identityFolder, type PostgresConfig } from './variables.ts';

export interface IdentityPoolOptions {
  /** Of the pool itself, such as its size. */
  readonly settings: pg.PoolConfig;
  /** @default what is in the identity's folder */
  readonly certificate?: CertificateSource | undefined;
  /** Told of an idle connection that breaks; the pool has dropped it already. */
  onLost(error: Error): void;
}

/**
 * A pool whose new connections log in with the newest certificate. Those that were made with an earlier one are closed
 * when they are next given back, or by the pool when idle: no statement is cut off, no request fails, and the pool never
 * holds more than its size.
 */
export class IdentityPool {
  readonly #pool: pg.Pool;
  readonly #certificate: CertificateSource;
  readonly #madeWith = new WeakMap<object, Certificate>();

  /** @throws ConfigurationError when the certificate can't be read */
  public constructor(
    config: PostgresConfig,
    { settings, certificate = certificateIn(identityFolder(config)), onLost }: IdentityPoolOptions,
  ) {
    this.#certificate = certificate;
    const madeWith = this.#madeWith;
    class IdentityClient extends pg.Client {
      public constructor(options?: pg.ClientConfig) {
        const { current } = certificate;
        super({ ...options, ...connection(config, current) });
        // One that breaks while it is lent out and no statement runs; the next statement fails with it. Unheard, it would end the process.
        this.on('error', () => {});
        madeWith.set(this, current);
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
    client.release = (failure) => release(failure ?? this.#madeWith.get(client) !== this.#certificate.current);
    return client;
  }

  /** Closes all connections, those in use when they are given back. */
  public end(): Promise<void> {
    return this.#pool.end();
  }
}
