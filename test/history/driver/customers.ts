import { setTimeout as delay } from 'node:timers/promises';
import { textAt } from '@groundwork/contract';
import { decodeJwt } from 'jose';
import type { Random } from '../random.ts';
import type { Customer, CustomerClient } from './client.ts';

const PASSWORD = 'correct horse battery';

/** Attempts of one request: services that have just started, on a busy machine, answer 503. */
const ATTEMPTS = 20;

/** Opens accounts through the gateway, and logs in. @throws Error if a request is refused */
export async function openAccounts(client: CustomerClient, random: Random, count: number): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let number = 0; number < count; number += 1) {
    const email = `${random.uuid()}@example.org`;
    // 409: the answer to an earlier attempt was lost.
    await ask(client, '/users', { email, name: 'Ada', password: PASSWORD }, [201, 409]);
    const token = textAt(await ask(client, '/sessions', { email, password: PASSWORD }, [201]), 'accessToken') ?? '';
    customers.push({ id: decodeJwt(token).sub ?? '', token });
  }
  return customers;
}

async function ask(client: CustomerClient, path: string, body: object, expected: readonly number[]): Promise<unknown> {
  const request = { method: 'POST', path, body: JSON.stringify(body), timeout: 10_000 } as const;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.raw(request).catch(() => undefined);
    if (answer !== undefined && expected.includes(answer.status)) return answer.body;
    const code = answer === undefined ? 'not at all' : `${answer.status} ${textAt(answer.body, 'code') ?? ''}`;
    if (attempt === ATTEMPTS || (answer !== undefined && answer.status < 500))
      throw new Error(`${path} was answered ${code}`);
    await delay(500);
  }
}
