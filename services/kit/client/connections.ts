import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { type buildConnector, Pool } from 'undici';
import { secureContext } from '../identity/tls.ts';
import type { Trust } from '../identity/trust.ts';

/** Instances with connections at once; of more, the one that was asked longest ago is let go. */
const MOST_INSTANCES = 64;

/** Idle connections end well before the server's keepAliveTimeout (server/http.ts): the side that asks closes first. */
const POOL = { connections: 128, pipelining: 1, keepAliveTimeout: 10_000, keepAliveMaxTimeout: 30_000 };

/** Milliseconds to connect, handshake included: so long that a busy callee makes it, so short that time is left to ask another. */
const CONNECT = 2000;

/** Connections to the instances of one service, each certain to end at that service. */
export class Connections {
  readonly #service: string;
  readonly #trust: Trust | undefined;
  readonly #pools = new Map<string, Pool>();
  readonly #unfollow: (() => void) | undefined;

  public constructor(service: string, trust: Trust | undefined) {
    this.#service = service;
    this.#trust = trust;
    // What is under way ends with the certificate that it began with; what comes next begins with the new one.
    this.#unfollow = trust?.identity.onRenewed(() => this.#letGo([...this.#pools.keys()]));
  }

  /** @param origin such as `https://10.1.2.3:8080` */
  public to(origin: string): Pool {
    const pool =
      this.#pools.get(origin) ??
      new Pool(origin, { ...POOL, connect: { timeout: CONNECT, maxCachedSessions: 0, ...this.#tls() } });
    // Last in the map: asked last.
    this.#pools.delete(origin);
    this.#pools.set(origin, pool);
    const [longestAgo] = this.#pools.keys();
    if (this.#pools.size > MOST_INSTANCES && longestAgo !== undefined) this.#letGo([longestAgo]);
    return pool;
  }

  /** Ends all connections, those in use when they are answered. */
  public async close(): Promise<void> {
    this.#unfollow?.();
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #letGo(origins: readonly string[]): void {
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
      // An address may have gone to another pod; who answers there is what its certificate says.
      checkServerIdentity: (_name, peer) => this.#refusal(trust, peer),
    };
  }

  #refusal(trust: Trust, { raw }: PeerCertificate): Error | undefined {
    const account = trust.accountOf(new X509Certificate(raw));
    if (account === this.#service) return undefined;
    return Object.assign(new Error(`${account ?? 'a stranger'} answers where ${this.#service} should`), {
      code: 'ERR_NOT_THE_CALLEE',
    });
  }
}
