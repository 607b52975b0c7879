import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';

/** An error response of Consul. */
export class Refused extends Error {
  public readonly status: number;

  public constructor(what: string, status: number, answer: string) {
    super(`${what}: ${status} ${answer.trim()}`);
    this.name = 'Refused';
    this.status = status;
  }
}

/** Client of Consul's HTTP API with one token. */
export interface Consul {
  /** The entity, or undefined if it does not exist. */
  get<T>(path: string): Promise<T | undefined>;
  /** @throws Refused */
  put<T>(path: string, body: object): Promise<T>;
  /** @throws Refused */
  delete(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface ConsulOptions {
  readonly address: string;
  /** DNS name in the servers' certificate. */
  readonly serverName: string;
  readonly token: string;
  /** Folder of the client certificate. */
  readonly identity: string;
}

export function connect({ address, serverName, token, identity }: ConsulOptions): Consul {
  const file = (name: string) => readFileSync(join(identity, name), 'utf8');
  const dispatcher = new Agent({
    connect: {
      cert: file('tls.crt'),
      key: file('tls.key'),
      ca: file('ca.crt'),
      servername: serverName,
      minVersion: 'TLSv1.3',
    },
    headersTimeout: 15_000,
    bodyTimeout: 15_000,
  });
  const ask = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const response = await request(new URL(path, address), {
      method,
      dispatcher,
      headers: { 'x-consul-token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    // Consul answers 403 for a token or role that does not exist, with a distinguishing text.
    const missing = response.statusCode === 404 || /ACL not found/.test(text);
    if (method === 'GET' && missing) return undefined;
    if (response.statusCode >= 300) throw new Refused(`${method} ${path}`, response.statusCode, text);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    get: (path) => ask('GET', path),
    put: (path, body) => ask('PUT', path, body),
    delete: (path) => ask('DELETE', path),
    close: () => dispatcher.close(),
  };
}
