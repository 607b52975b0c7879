import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contract } from '@groundwork/contract';
import { Agent, fetch as ask, type RequestInit, type Response } from 'undici';
import { Graph } from '../../constructs/index.ts';
import type { Instance, Resolver } from '../../services/kit/index.ts';
import type { TestAuthority } from './pki.ts';

/** Trust domain and namespace of the accounts of an authority of `pki.ts`. */
export const REALM = { TRUST_DOMAIN: 'test.shop', NAMESPACE: 'test' };

/** Environment of a service as the platform sets it: its identity, and its callers by the contracts. */
export function identityEnv(
  authority: TestAuthority,
  contract: Contract,
  contracts: readonly Contract[],
): Record<string, string> {
  const folder = authority.issue(`${contract.name}.${REALM.NAMESPACE}`);
  const callers = join(folder, 'callers.json');
  writeFileSync(callers, JSON.stringify(new Graph(contracts).allowList(contract.name)));
  return { ...REALM, ENVIRONMENT: 'test', IDENTITY_DIR: folder, CALLERS_FILE: callers };
}

/** Files of an identity, as options of Node's TLS. */
export function tlsFiles(folder: string): { readonly cert: string; readonly key: string; readonly ca: string } {
  const [cert, key, ca] = ['tls.crt', 'tls.key', 'ca.crt'].map((file) => readFileSync(join(folder, file), 'utf8')) as [
    string,
    string,
    string,
  ];
  return { cert, key, ca };
}

/**
 * `fetch` as an account.
 * @param folder its identity; undefined sends no certificate and accepts every server
 */
export function fetchAs(folder: string | undefined): {
  fetch(url: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
} {
  const connect = folder === undefined ? { rejectUnauthorized: false } : tlsFiles(folder);
  const dispatcher = new Agent({ connect: { ...connect, servername: 'localhost' } });
  return { fetch: (url, init = {}) => ask(url, { ...init, dispatcher }), close: () => dispatcher.close() };
}

/** Resolves services to the addresses of a test. */
export function fixedResolver(origins: Readonly<Record<string, string>>): Resolver {
  const release = () => {};
  return {
    pick: (service): Instance => ({ origin: origins[service] ?? 'https://127.0.0.1:1', release }),
    close: async () => {},
  };
}
