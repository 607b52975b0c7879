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

/** How to reach the Consul agent of the node, with the pod's service account. */
export interface ConsulOptions {
  /** URL of the agent, such as `https://consul-agent.shop-dev.svc.cluster.local:8501`. */
  readonly address: string;
  /** File with the token of the service account; read at each login, because the kubelet renews it. */
  readonly loginToken: string;
  /** Name of the auth method in Consul. */
  readonly authMethod: string;
  /** Client certificate; undefined in tests over plain HTTP. */
  readonly identity: IdentityWatch | undefined;
}

/** Options of a request to Consul. */
export interface AskOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the response headers. @default 5000 */
  readonly timeout?: number;
}

/** A response of Consul, with its index for blocking queries. */
export interface ConsulResponse {
  readonly body: unknown;
  readonly index: number;
}

/** Client of Consul. It logs in with its first request, and again when its token is unknown or has lost its permissions. */
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

  /** Sends a request. @throws ConsulRefused for an error response; the network error if there is no response */
  public async ask(method: 'GET' | 'PUT', path: string, options: AskOptions = {}): Promise<ConsulResponse> {
    const login = this.#login();
    const token = await login;
    try {
      return await this.#send(method, path, { ...options, token });
    } catch (error) {
      if (error instanceof ConsulRefused && this.#token === login) this.#forget(token, error.message);
      throw error;
    }
  }

  /** Logs out, which invalidates the token, and closes all connections. */
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
   * Makes the next request log in again, because the token is gone (after a restore, for example) or its role was removed
   * (a later role of the same name is another role). If the account lacks the permission, another login changes nothing.
   */
  #forget(token: string, answer: string): void {
    if (!/ACL not found|Permission denied/.test(answer)) return;
    this.#token = undefined;
    if (!/ACL not found/.test(answer)) this.#send('POST', '/v1/acl/logout', { token }).catch(() => undefined); // it also expires
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
    { query = {}, body, signal, timeout = 5000, token }: AskOptions & { token?: string },
  ): Promise<ConsulResponse> {
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
    // Consul sends the JSON content type for empty bodies too.
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
