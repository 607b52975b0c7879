import { type Duration, textAt } from '@groundwork/contract';
import type { Outcome, Psp } from './psp.ts';

const OUTCOMES: readonly string[] = ['processing', 'succeeded', 'declined', 'failed'] satisfies Outcome[];

/**
 * A payment provider over HTTP: `PUT <url>/operations/<key>` sends an operation, `GET` on the same path answers
 * `{ "status": … }`, or 404 if it was never received.
 * @param timeout of each request
 */
export function httpPsp(url: string, timeout: Duration): Psp {
  const request = async (key: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(new URL(`/operations/${encodeURIComponent(key)}`, url), {
      ...init,
      signal: AbortSignal.timeout(timeout.toMilliseconds()),
    });
    if (response.ok || response.status === 404) return response;
    await response.body?.cancel();
    throw new Error(`the payment provider answered ${response.status}`);
  };
  return {
    submit: async ({ key, step, method, amount, currency }) => {
      const response = await request(key, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ step, method, amount, currency }),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the payment provider answered ${response.status}`);
    },
    outcome: async (key) => {
      const response = await request(key, { method: 'GET' });
      if (response.status === 404) {
        await response.body?.cancel();
        return 'unknown';
      }
      const status = textAt(await response.json(), 'status') ?? '';
      if (!OUTCOMES.includes(status)) throw new Error('the payment provider answered an unknown status');
      return status as Outcome;
    },
  };
}
