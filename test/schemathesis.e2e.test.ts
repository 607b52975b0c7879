import { randomUUID } from 'node:crypto';
import { valueAt } from '@groundwork/contract';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { schemathesis } from './support/schemathesis.ts';

let dev: Dev;
let authorization: string;
beforeAll(async () => {
  dev = await devAsItRuns();
  const credentials = { email: `schemathesis-${randomUUID()}@example.com`, password: randomUUID() };
  await post('/users', { ...credentials, name: 'Schemathesis' });
  authorization = `Bearer ${valueAt(await post('/sessions', credentials), 'accessToken')}`;
}, 30 * 60_000); // the first run on a machine builds Kubernetes
afterAll(() => devDown(dev), 120_000);

async function post(path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(new URL(path, dev.gateway), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(reply.status).toBe(201);
  return reply.json();
}

test.each(['with', 'without'])(
  'each answer of the shop is one that its OpenAPI document allows, %s an access token',
  async (access) => {
    const document = new URL('/openapi.json', dev.gateway).href;
    const { cases, findings, report } = await schemathesis(document, access === 'with' ? authorization : undefined);
    expect([findings, findings === 0 ? '' : report]).toEqual([0, '']);
    expect(cases).toBeGreaterThan(300);
  },
  15 * 60_000,
);
