import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../testing/run.ts';
import { Consul } from './consul.ts';
import { registration } from './registration.ts';

/** A stub of the agent that answers as Consul does for an account, from its current state. */
const agent = {
  /** Current role of the account; undefined: none, so that logins fail. */
  role: undefined as string | undefined,
  /** Tokens, and the role that each was issued with. */
  tokens: new Map<string, string>(),
  registered: false,
  refusedLogins: 0,
};
let folder: string;
let close: () => Promise<unknown>;
let entry: ReturnType<typeof registration>;

beforeEach(async () => {
  Object.assign(agent, { role: undefined, tokens: new Map(), registered: false, refusedLogins: 0 });
  const server = createServer(({ url = '', headers }, response) => {
    const answer = (status: number, body: string) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    };
    const token = `${headers['x-consul-token']}`;
    const role = agent.tokens.get(token);
    if (url === '/v1/acl/login') {
      if (agent.role === undefined) agent.refusedLogins += 1;
      if (agent.role === undefined) return answer(403, 'Permission denied');
      const SecretID = `token-${agent.tokens.size}-${agent.role}`;
      agent.tokens.set(SecretID, agent.role);
      return answer(200, JSON.stringify({ SecretID }));
    }
    if (role === undefined) return answer(403, 'ACL not found');
    if (url === '/v1/acl/logout') agent.tokens.delete(token);
    else if (role !== agent.role) return answer(403, 'Permission denied: token lacks permission service:write');
    if (url === '/v1/agent/service/register') agent.registered = true;
    answer(200, '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = mkdtempSync(join(tmpdir(), 'registration-'));
  writeFileSync(join(folder, 'token'), 'of the account');
  const consul = new Consul({
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loginToken: join(folder, 'token'),
    authMethod: 'kubernetes',
    identity: undefined,
  });
  const instance = { service: 'users', id: 'users-1', address: '10.0.0.9', port: 8080 };
  entry = registration(consul, instance, silentLog);
  close = async () => {
    await entry.stop();
    await consul.close();
    server.close();
    server.closeAllConnections();
  };
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

test('a service that starts before its account has a role registers once it has one', async () => {
  entry.start();
  await until(() => agent.refusedLogins > 1);
  agent.role = 'first';
  await until(() => entry.registered());
  expect(agent.tokens.size).toBe(1);
});

test('a token whose role was removed is logged out, and the next token has the new role', async () => {
  agent.role = 'first';
  entry.start();
  await until(() => entry.registered());
  agent.role = 'second';
  agent.registered = false;
  await until(() => agent.registered);
  await until(() => [...agent.tokens.values()].join() === 'second');
}, 30_000);
