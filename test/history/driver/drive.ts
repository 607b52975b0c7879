import { setTimeout as delay } from 'node:timers/promises';
import type { RequestEntry } from '../history.ts';
import type { Customer, CustomerClient } from './client.ts';
import type { Intent } from './intents.ts';

/** Attempts to place one order. */
const ATTEMPTS = 6;

/** Milliseconds that customers wait for an answer: longer than the gateway does. Impatient ones repeat their request before they can have it. */
const WAIT = { patient: 12_000, impatient: 60 };

/** Carries out intents at their times, without waiting for earlier ones; resolves after the last one. */
export async function drive(
  client: CustomerClient,
  customers: readonly Customer[],
  intents: readonly Intent[],
  stop: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (const intent of intents) {
    await delay(Math.max(0, intent.at - (performance.now() - begun)), undefined, { signal: stop });
    running.push(carryOut(client, customers[intent.user] as Customer, intent));
  }
  await Promise.all(running);
}

async function carryOut(client: CustomerClient, customer: Customer, intent: Intent): Promise<void> {
  const { lines, paymentMethod, key, repeat } = intent;
  const place = (timeout = WAIT.patient, method = paymentMethod) =>
    client.send(customer, {
      operation: 'placeOrder',
      method: 'POST',
      path: '/orders',
      key,
      body: JSON.stringify({ lines, paymentMethod: method }),
      timeout,
    });
  const twice = repeat === 'at-once' ? place() : undefined;
  let answer = await place(repeat === 'impatient' ? WAIT.impatient : WAIT.patient);
  for (let attempt = 1; attempt < ATTEMPTS && mayRepeat(answer); attempt += 1) {
    await delay(200 * attempt);
    answer = await place();
  }
  await twice;
  if (repeat === 'later') {
    await delay(1000);
    await place();
  }
  if (repeat === 'other-body') await place(WAIT.patient, `${paymentMethod}_other`);
  if (answer.orderId !== undefined) await follow(client, customer, intent, answer.orderId);
}

async function follow(client: CustomerClient, customer: Customer, intent: Intent, orderId: string): Promise<void> {
  const common = { orderId, timeout: WAIT.patient };
  if (intent.cancelAfter !== undefined) {
    await delay(intent.cancelAfter);
    const cancel = { ...common, operation: 'cancelOrder', method: 'POST', path: `/orders/${orderId}/cancel` } as const;
    if (mayRepeat(await client.send(customer, cancel))) await client.send(customer, cancel);
  }
  if (!intent.reads) return;
  await client.send(customer, { ...common, operation: 'getOrder', method: 'GET', path: `/orders/${orderId}` });
  await client.send(customer, { operation: 'listOrders', method: 'GET', path: '/orders', timeout: WAIT.patient });
}

/** Whether there is no answer, or one that asks to repeat the request. */
function mayRepeat({ status, code }: RequestEntry): boolean {
  return status === undefined || status >= 500 || code === 'idempotency-key-in-use';
}
