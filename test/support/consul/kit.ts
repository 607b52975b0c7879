import type { Ask } from '../../../infra/deploy/index.ts';
import { type AskOptions, type Consul, ConsulRefused } from '../../../services/kit/discovery/consul.ts';
import type { Headers } from './login.ts';

/**
 * An agent with the interface of the kit. It returns index 0, so the kit polls once a second and never blocks the one
 * connection.
 */
export function asKit(ask: Ask, headers: Headers): Consul {
  const asked = async (method: 'GET' | 'PUT', path: string, { query = {}, body: sent }: AskOptions = {}) => {
    const { index: _, ...rest } = query;
    const url = `${path}?${new URLSearchParams(rest)}`;
    const { status, body } = await ask(url, {
      method,
      headers,
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    if (status >= 300) throw new ConsulRefused(`${method} ${path}`, status, body);
    return { body: method === 'GET' ? JSON.parse(body) : undefined, index: 0 };
  };
  return { ask: asked } as unknown as Consul;
}
