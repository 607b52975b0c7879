import type { Ask } from '../port-forward.ts';
import { becomes } from '../until.ts';
import type { ConsulTown } from './cluster.ts';

export type Headers = Readonly<Record<string, string>>;

/** Logs in with the token of an account, as a pod does. @returns Consul's own token, or why there is none */
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

/** Asks the agent as a service of the town, logged in. */
export function asAccount<T>(
  town: ConsulTown,
  account: string,
  work: (ask: Ask, headers: Headers) => Promise<T>,
): Promise<T> {
  return town.agent(account, async (ask) => {
    let headers: Headers = {};
    // A server that follows hears of a token a moment later, and what it answers before that the agent remembers: so another token, as the kit does.
    await becomes(`the agent knows a token of ${account}`, async () => {
      const answer = await present(ask, (await town.run('create', 'token', account)).trim());
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
