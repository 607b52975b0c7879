import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { secureContext } from '../identity/tls.ts';
import type { IdentityWatch } from '../identity/watch.ts';

/** Consul answered with an error. */
export class ConsulRefused extends Error {
  public readonly status: number;

  public constructor(what: string, status: number, answer: string) {
    super(`${what}: ${status} ${answer.trim().slice(0, 200)}`);
    this.name = 'ConsulRefused';
    this.status = status;
  }
}

/** A node's agent, asked as the pod's own account. */
export interface ConsulOptions {
  /** Such as `https://consul-agent.shop-dev.svc.cluster.local:8501`. */
  readonly address: string;
  /** File with the account's token; read at each login, since the kubelet renews it. */
  readonly loginToken: string;
  /** Consul's auth method. */
  readonly authMethod: string;
  /** Certificate to come with; undefined in tests over plain HTTP. */
  readonly identity: IdentityWatch | undefined;
}

export interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
  /** Milliseconds until the answer begins. @default 5000 */
  readonly timeout?: number;
}

/** An answer, and the index after which the next change is. */
export interface Answered {
  readonly body: unknown;
  readonly index: number;
}

/** Consul as one token sees it. Logs in when it first asks, and again when the token is unknown or has lost its rights. */
export class Consul {
  readonly #options: ConsulOptions;
  readonly #unfollow: (() => void) | undefined;
  #agent: Agent;
  #token: Promise<string> | undefined;

  public constructor(options: ConsulOptions) {
    this.#options = options;
    this.#agent = this.#connect();
    this.#unfollow = options.identity?.onRenewed(() => {
      const before = this.#agent;
      this.#agent = this.#connect();
      void before.close();
    });
  }

  /** @throws ConsulRefused for an answer that is an error; what the network throws when there is none */
  public async ask(method: 'GET' | 'PUT', path: string, asked: Asked = {}): Promise<Answered> {
    const login = this.#login();
    const token = await login;
    try {
      return await this.#send(method, path, { ...asked, token });
    } catch (error) {
      if (error instanceof ConsulRefused && this.#token === login) this.#forget(token, error.message);
      throw error;
    }
  }

  /** Gives the token back, so that it can't be used any more, and ends all connections. */
  public async close(): Promise<void> {
    this.#unfollow?.();
    const token = await this.#token?.catch(() => undefined);
    this.#token = undefined;
    try {
      if (token !== undefined) await this.#send('POST', '/v1/acl/logout', { token });
    } finally {
      await this.#agent.destroy();
    }
  }

  /**
   * The next question logs in again: the token is gone, after a restore for example; or its role was removed, and a later
   * role of the same name is another one. Where the account has no such right, another login changes nothing.
   */
  #forget(token: string, answer: string): void {
    if (!/ACL not found|Permission denied/.test(answer)) return;
    this.#token = undefined;
    if (!/ACL not found/.test(answer)) this.#send('POST', '/v1/acl/logout', { token }).catch(() => undefined); // it ends by itself too
  }

  #login(): Promise<string> {
    this.#token ??= this.#logIn().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #logIn(): Promise<string> {
    const { loginToken, authMethod } = this.#options;
    const BearerToken = (await readFile(loginToken, 'utf8')).trim();
    const { body } = await this.#send('POST', '/v1/acl/login', { body: { AuthMethod: authMethod, BearerToken } });
    return (body as { SecretID: string }).SecretID;
  }

  async #send(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    { query = {}, body, signal, timeout = 5000, token }: Asked & { token?: string },
  ): Promise<Answered> {
    const response = await request(new URL(path, this.#options.address), {
      method,
      query,
      dispatcher: this.#agent,
      headersTimeout: timeout,
      bodyTimeout: 5000,
      headers: token === undefined ? {} : { 'x-consul-token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new ConsulRefused(`${method} ${path}`, response.statusCode, text);
    // Consul calls an answer without a body JSON too.
    const isJson = text !== '' && `${response.headers['content-type']}`.startsWith('application/json');
    return { body: isJson ? JSON.parse(text) : undefined, index: Number(response.headers['x-consul-index'] ?? 0) };
  }

  #connect(): Agent {
    const { identity } = this.#options;
    return new Agent({
      connections: 32,
      connect: {
        timeout: 2000,
        maxCachedSessions: 0,
        ...(identity === undefined ? {} : secureContext(identity.current)),
      },
    });
  }
}
