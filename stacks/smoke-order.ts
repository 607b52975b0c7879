import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration, textAt } from '@groundwork/constructs';
import type { SmokeScenario } from '../infra/cli/smoke.ts';

/** Time for an order to be confirmed; a service whose breaker is open needs some seconds. */
const TIMEOUT = Duration.seconds(60);

/** A product that comes with catalog and has stock in inventory. */
const PRODUCT = '00000000-0000-4000-8000-000000000001';

/** A new customer places an order, which passes through every service. */
export const smokeOrder: SmokeScenario = {
  title: 'an order is placed, paid and confirmed',
  workloads: ['orders', 'payments', 'inventory', 'catalog', 'users', 'gateway'],
  run: async (gatewayUrl) => {
    const end = performance.now() + TIMEOUT.toMilliseconds();
    const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      for (;;) {
        const reply = await fetch(new URL(path, gatewayUrl), {
          method,
          headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(10_000),
        });
        const text = await reply.text();
        if (reply.ok) return JSON.parse(text) as unknown;
        // A cluster that has just started may be busy. Each of these requests may be repeated: 409 answers the second.
        if (reply.status === 409 && path === '/users') return undefined;
        if (reply.status !== 503 || performance.now() > end)
          throw new Error(`${method} ${path} answered ${reply.status}: ${text.slice(0, 300)}`);
        await delay(250);
      }
    };
    const credentials = { email: `smoke-${randomUUID()}@shop.invalid`, password: randomUUID() };
    await send('POST', '/users', { ...credentials, name: 'Smoke check' });
    const authorization = `Bearer ${textAt(await send('POST', '/sessions', credentials), 'accessToken')}`;
    const order = { lines: [{ productId: PRODUCT, quantity: 1 }], paymentMethod: 'pm_ok' };
    const placed = await send('POST', '/orders', order, { authorization, 'idempotency-key': randomUUID() });
    const path = `/orders/${textAt(placed, 'id')}`;
    for (; ; await delay(250)) {
      const now = await send('GET', path, undefined, { authorization });
      const status = textAt(now, 'status');
      if (status === 'confirmed') return undefined;
      if (status === 'canceled' || performance.now() > end) return `the order is ${status}: ${JSON.stringify(now)}`;
    }
  },
};
