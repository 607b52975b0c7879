import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { busyPorts } from '../../tools/ports.ts';
import { type Facts, gatherFacts, judge } from './check.ts';
import { EmbeddedCluster } from './index.ts';
import { Layout } from './layout.ts';

const good: Facts = {
  platform: 'linux',
  arch: 'x64',
  root: true,
  aptGet: true,
  running: false,
  memory: 8 * 2 ** 30,
  disk: 50 * 2 ** 30,
  busyPorts: [],
  mustBuild: true,
  go: '1.26.8',
};
const nginx = { port: 8080, variable: 'GROUNDWORK_HTTP_PORT', holder: 'nginx (process 812)' };

test('a machine that meets all requirements is accepted', () => {
  expect(judge(good)).toEqual({ usable: true, why: 'this is Linux as root' });
});

describe('the embedded cluster rejects', () => {
  test.each<[string, Partial<Facts>, RegExp, RegExp]>([
    ['a system other than Linux', { platform: 'darwin' }, /needs Linux, got darwin/, /kind/],
    ['another processor', { arch: 'arm64' }, /for x64, got arm64/, /kind/],
    ['a user other than root', { root: false }, /you are not root/, /as root/],
    ['a system without apt', { aptGet: false }, /no apt-get/, /Debian 12/],
    [
      'too little memory, with both figures',
      { memory: 2 * 2 ** 30 },
      /needs 4 GiB of free memory, and 2.0 GiB are free/,
      /larger machine/,
    ],
    [
      'too little disk, with both figures',
      { disk: 5 * 2 ** 30 },
      /needs 8.0 GiB of free disk, and 5.0 GiB are free/,
      /GROUNDWORK_CACHE/,
    ],
    ['a machine without Go, when it has to build', { go: undefined }, /no `go` on PATH/, /install Go 1.26/],
    ['an old Go, with both versions', { go: '1.19.8' }, /Go 1.26 or newer, got Go 1.19.8/, /install Go 1.26/],
    [
      'a busy port, with the process that has it',
      { busyPorts: [nginx] },
      /port 8080 on 127.0.0.1 is busy: nginx \(process 812\)/,
      /GROUNDWORK_HTTP_PORT/,
    ],
  ])('%s', (_, fact, why, fix) => {
    expect(judge({ ...good, ...fact })).toEqual({
      usable: false,
      why: expect.stringMatching(why),
      fix: expect.stringMatching(fix),
    });
  });

  test('before any work starts', async () => {
    const rejected = new EmbeddedCluster(new Layout(), async () => ({ ...good, root: false }));
    const touched = (): never => {
      throw new Error('it started to work');
    };
    await expect(rejected.up({ step: touched, say: touched, skipped: touched })).rejects.toMatchObject({
      name: 'ConfigurationError',
      problem: expect.stringContaining('not root'),
    });
  });
});

test('gathering facts creates nothing, so that it needs no write access', async () => {
  const layout = new Layout({ GROUNDWORK_CLUSTER_DIR: '/nonexistent/cluster' });
  expect((await gatherFacts(layout, { running: true, mustBuild: false })).disk).toBeGreaterThan(0);
  expect(existsSync('/nonexistent')).toBe(false);
});

test('once all binaries are built, Go is not needed, and less disk', () => {
  expect(judge({ ...good, mustBuild: false, go: undefined, disk: 4 * 2 ** 30 }).usable).toBe(true);
});

test('a running cluster needs no more memory, and may use its ports', () => {
  expect(judge({ ...good, running: true, memory: 2 ** 30, busyPorts: [nginx] }).usable).toBe(true);
});

test('finds a busy port and names the process that holds it', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  try {
    expect(await busyPorts({ SOME_PORT: port })).toEqual([
      { port, variable: 'SOME_PORT', holder: expect.stringContaining(`process ${process.pid}`) },
    ]);
  } finally {
    server.close();
  }
});

test('the proxy of a killed node may exit late, and its ports do not count as busy', async () => {
  const proxy = createServer().listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const state = temporaryFolder('killed');
  const layout = new Layout({
    GROUNDWORK_CLUSTER_DIR: state,
    GROUNDWORK_API_PORT: `${port}`,
    GROUNDWORK_HTTP_PORT: `${port}`,
  });
  mkdirSync(layout.run, { recursive: true });
  writeFileSync(join(layout.run, 'init.pid'), '999999999'); // no process has this number
  const cluster = new EmbeddedCluster(layout, async () => ({
    ...good,
    busyPorts: await busyPorts({ GROUNDWORK_HTTP_PORT: port }),
  }));
  setTimeout(() => proxy.close(), 500);
  expect(await cluster.check()).toMatchObject({ usable: true });
});
