import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { leftOpen, openResources } from './open.ts';

const SOON = 50;
const ROOT = join(import.meta.dirname, '../../..');
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

test('reports what a test leaves open, with counts by kind', async () => {
  const before = openResources();
  const timers = [setInterval(() => {}, 60_000), setInterval(() => {}, 60_000)];
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect((await leftOpen(before, SOON)).sort()).toEqual(['TCPServerWrap × 1', 'Timeout × 2']);
  server.close();
  timers.forEach(clearInterval);
  expect(await leftOpen(before, SOON)).toEqual([]);
});

test('ignores what closes a moment later, or does not keep the process running', async () => {
  const before = openResources();
  setTimeout(() => {}, 10);
  const unreferenced = setInterval(() => {}, 60_000).unref();
  expect(await leftOpen(before, 60_000)).toEqual([]);
  clearInterval(unreferenced);
});

test('a file fails when its tests leave something open, and other files do not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-open-'));
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);
  // A server, not a timer: in one process with Jest, a timer of Jest's that ends meanwhile would hide one timer of a test.
  const listen =
    "test('passes', (done) => void require('node:net').createServer().listen(0, '127.0.0.1', function () {";
  file('leaks.test.js', `${listen} done(); }));`);
  file('closes.test.js', `${listen} this.close(done); }));`);
  const config = {
    rootDir: ROOT,
    roots: [folder],
    testMatch: ['**/*.test.js'],
    testEnvironmentOptions: { closeTimeout: 50 },
  };
  const base = JSON.stringify(join(ROOT, 'jest.config.mjs'));
  file('jest.config.mjs', `import base from ${base};\nexport default { ...base, ...${JSON.stringify(config)} };\n`);
  const run = ['--config', join(folder, 'jest.config.mjs'), '--runInBand', '--forceExit', '--json'];
  const { stdout } = await execa('node', [JEST, ...run], { cwd: folder, reject: false });
  rmSync(folder, { recursive: true });
  const { testResults } = JSON.parse(stdout) as { testResults: { name: string; status: string; message: string }[] };
  const [closes, leaks] = testResults.toSorted((one, other) => one.name.localeCompare(other.name));
  expect(closes).toMatchObject({ status: 'passed', message: '' });
  expect(leaks).toMatchObject({ status: 'failed', message: expect.stringContaining('TCPServerWrap × 1') });
});
