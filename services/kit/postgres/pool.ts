import pg from 'pg';
import { type Certificate, type CertificateSource, certificateIn } from '../identity/client-certificate.ts';
import { connection } from './connection.ts';
import { identityFolder, type PostgresConfig } from './variables.ts';

export interface IdentityPoolOptions {
  /** Options of pg.Pool, such as its size. */
  readonly settings: pg.PoolConfig;
  /** @default the certificate in the identity folder */
  readonly certificate?: CertificateSource | undefined;
  /** Called when an idle connection breaks; the pool has removed it already. */
  onLost(error: Error): void;
}

/**
 * A connection pool that logs in with the current certificate. Connections with an earlier certificate are closed when
 * they are released, or when idle: no statement is aborted, no request fails, and the pool never exceeds its size.
 */
export class IdentityPool {
  readonly #pool: pg.Pool;
  readonly #certificate: CertificateSource;
  readonly #madeWith = new WeakMap<object, Certificate>();

  /** @throws ConfigurationError `certificate-unreadable` if the certificate cannot be read */
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
        // A checked-out connection that breaks between statements: the next statement fails. Without a listener the process would end.
        this.on('error', () => {});
        madeWith.set(this, current);
      }
    }
    this.#pool = new pg.Pool({ ...settings, Client: IdentityClient });
    this.#pool.on('error', onLost); // without a listener the process would end
  }

  /** Open connections. */
  public get size(): number {
    return this.#pool.totalCount;
  }
  /** Open connections that are not in use. */
  public get idle(): number {
    return this.#pool.idleCount;
  }
  /** Callers of `connect` that wait. */
  public get waiting(): number {
    return this.#pool.waitingCount;
  }

  /** Checks out a connection; the caller must `release` it. */
  public async connect(): Promise<pg.PoolClient> {
    const client = await this.#pool.connect();
    const release = client.release;
    client.release = (failure) => release(failure ?? this.#madeWith.get(client) !== this.#certificate.current);
    return client;
  }

  /** Closes all connections; those in use when they are released. */
  public end(): Promise<void> {
    return this.#pool.end();
  }
}
