import { textAt } from '@groundwork/contract';
import type { Random } from '../random.ts';
import type { Customer, CustomerClient } from './client.ts';

const PASSWORD = 'correct horse battery';

/** Opens accounts through the gateway, and logs in. @throws Error if a request is refused */
export async function openAccounts(client: CustomerClient, random: Random, count: number): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let number = 0; number < count; number += 1) {
    const email = `${random.uuid()}@example.org`;
    const account = await ask(client, '/users', { email, name: 'Ada', password: PASSWORD });
    const tokens = await ask(client, '/sessions', { email, password: PASSWORD });
    customers.push({ id: textAt(account, 'id') ?? '', token: textAt(tokens, 'accessToken') ?? '' });
  }
  return customers;
}

async function ask(client: CustomerClient, path: string, body: object): Promise<unknown> {
  const answer = await client.raw({ method: 'POST', path, body: JSON.stringify(body), timeout: 10_000 });
  if (answer.status !== 201) throw new Error(`${path} answered ${answer.status} ${textAt(answer.body, 'code') ?? ''}`);
  return answer.body;
}
