import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from '@jest/globals';
import { createAuthority } from '../../test/support/pki.ts';
import { fetchAs, identityEnv } from '../../test/support/realm.ts';
import { until } from '../../test/support/until.ts';
import { catalog } from '../contracts/catalog.ts';
import { contracts } from '../contracts/index.ts';

const authority = createAuthority();
afterAll(() => authority.remove());

const ENV = {
  PORT: '0',
  ...identityEnv(authority, catalog, contracts),
  PROBE_PORT: '0',
  METRICS_PORT: '0',
  POSTGRES_HOST: '127.0.0.1',
  POSTGRES_DATABASE: 'x',
  POSTGRES_USER: 'x',
  POSTGRES_IDENTITY_DIR: authority.issue('catalog.test'),
};

/** The service as its image runs it, and its log lines. */
function runMain(env: Record<string, string>): {
  process: ChildProcess;
  line: (message: string) => Promise<Record<string, unknown>>;
} {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(JSON.parse(text)));
  const said = (message: string) => lines.find((line) => line.message === message);
  const line = async (message: string) => {
    await until(() => said(message) !== undefined);
    return said(message) as Record<string, unknown>;
  };
  return { process: child, line };
}

test('runs without a build, serves only callers in the contracts, and exits 0 after SIGTERM', async () => {
  const { process: service, line } = runMain(ENV);
  const { port, probePort } = await line('listening');
  expect((await fetch(`http://127.0.0.1:${probePort}/healthz/ready`)).status).toBe(200);
  const answers = { gateway: 503, users: 403 }; // it has no database here, and the contract of users does not call it
  for (const [account, status] of Object.entries(answers)) {
    const caller = fetchAs(authority.issue(`${account}.test`));
    expect((await caller.fetch(`https://127.0.0.1:${port}/categories`)).status).toBe(status);
    await caller.close();
  }
  service.kill('SIGTERM');
  expect((await once(service, 'exit'))[0]).toBe(0);
  expect(await line('stopped')).toMatchObject({ finished: true }); // the last log line is flushed too
}, 30_000);

test('a second signal ends it at once, with a failure', async () => {
  const { process: service, line } = runMain(ENV);
  await line('listening');
  service.kill('SIGTERM');
  service.kill('SIGINT');
  expect((await once(service, 'exit'))[0]).toBe(1);
}, 30_000);

test('does not start with an invalid environment, and lists every fault in one log line', async () => {
  const { process: service, line } = runMain({ PORT: 'many' });
  const exit = once(service, 'exit');
  const { err } = await line('could not start');
  expect((err as { message: string }).message).toMatch(
    /PORT must be integer[\s\S]*POSTGRES_HOST is not set[\s\S]*POSTGRES_USER is not set/,
  );
  expect((await exit)[0]).toBe(1);
}, 30_000);

test('does not start without a certificate, except in a test', async () => {
  const { process: service, line } = runMain({ ...ENV, ENVIRONMENT: 'production', IDENTITY_DIR: '' });
  const exit = once(service, 'exit');
  const { err } = await line('could not start');
  expect((err as { message: string }).message).toContain("IDENTITY_DIR not set in the environment 'production'");
  expect((await exit)[0]).toBe(1);
}, 30_000);
