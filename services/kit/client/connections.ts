import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { type buildConnector, Pool } from 'undici';
import { secureContext } from '../identity/tls.ts';
import type { Trust } from '../identity/trust.ts';

/** Maximum number of instances with connections; beyond it, those of the least recently used instance are closed. */
const MAX_INSTANCES = 64;

/** Idle connections close well before the server's keepAliveTimeout (server/http.ts), so that the client closes first. */
const POOL = { connections: 128, pipelining: 1, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 30_000 };

/** Milliseconds to connect, TLS handshake included: enough for a busy callee, and short enough to try another instance. */
const CONNECT_TIMEOUT = 2000;

/** Connections to the instances of one service. Each verifies that the peer is that service. */
export class Connections {
  readonly #service: string;
  readonly #trust: Trust | undefined;
  readonly #pools = new Map<string, Pool>();
  readonly #unfollow: (() => void) | undefined;

  public constructor(service: string, trust: Trust | undefined) {
    this.#service = service;
    this.#trust = trust;
    // Calls in progress finish on their connections; new calls use the renewed certificate.
    this.#unfollow = trust?.identity.onRenewed(() => this.#closePools([...this.#pools.keys()]));
  }

  /** @param origin such as `https://10.1.2.3:8080` */
  public to(origin: string): Pool {
    const pool =
      this.#pools.get(origin) ??
      new Pool(origin, { ...POOL, connect: { timeout: CONNECT_TIMEOUT, maxCachedSessions: 0, ...this.#tls() } });
    // The map is ordered from the least to the most recently used.
    this.#pools.delete(origin);
    this.#pools.set(origin, pool);
    const [leastRecent] = this.#pools.keys();
    if (this.#pools.size > MAX_INSTANCES && leastRecent !== undefined) this.#closePools([leastRecent]);
    return pool;
  }

  /** Closes all connections; those in use after their response. */
  public async close(): Promise<void> {
    this.#unfollow?.();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #closePools(origins: readonly string[]): void {
    for (const origin of origins) {
      const pool = this.#pools.get(origin);
      this.#pools.delete(origin);
      void pool?.close();
    }
  }

  #tls(): Partial<buildConnector.BuildOptions> {
    const trust = this.#trust;
    if (trust === undefined) return {};
    return {
      ...secureContext(trust.identity.current),
      servername: this.#service,
      // The address may belong to another pod by now: the certificate decides.
      checkServerIdentity: (_name, peer) => this.#verifyPeer(trust, peer),
    };
  }

  #verifyPeer(trust: Trust, { raw }: PeerCertificate): Error | undefined {
    const account = trust.accountOf(new X509Certificate(raw));
    if (account === this.#service) return undefined;
    return Object.assign(new Error(`the server must be ${this.#service}, got ${account ?? 'an unknown account'}`), {
      code: 'ERR_NOT_THE_CALLEE',
    });
  }
}
