import type { Ask } from '../../../infra/deploy/index.ts';
import { becomes } from '../until.ts';
import type { ConsulTestSystem } from './cluster.ts';

export type Headers = Readonly<Record<string, string>>;

/**
 * Logs in with the token of an account, as a pod does.
 * @returns Consul's token, or the reason of the rejection
 */
export async function present(
  ask: Ask,
  BearerToken: string,
): Promise<{ readonly token: string } | { readonly refused: string }> {
  const { status, body } = await ask('/v1/acl/login', {
    method: 'POST',
    body: JSON.stringify({ AuthMethod: 'kubernetes', BearerToken }),
  });
  return status === 200 ? { token: JSON.parse(body).SecretID } : { refused: body };
}

/** Calls the agent as a service of the test system, logged in. */
export function asAccount<T>(
  system: ConsulTestSystem,
  account: string,
  work: (ask: Ask, headers: Headers) => Promise<T>,
): Promise<T> {
  return system.agent(account, async (ask) => {
    let headers: Headers = {};
    // A follower learns of a token with a delay, and the agent caches its earlier response: so request another token,
    // as the kit does.
    await becomes(`the agent knows a token of ${account}`, async () => {
      const answer = await present(ask, (await system.run('create', 'token', account)).trim());
      if ('refused' in answer) throw new Error(`${account} can't log in: ${answer.refused}`);
      headers = { 'X-Consul-Token': answer.token };
      return (
        (await ask('/v1/acl/token/self', { headers })).status === 200 &&
        (await ask('/v1/agent/services', { headers })).status === 200
      );
    });
    return work(ask, headers);
  });
}
