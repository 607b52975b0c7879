import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { debianTool } from '../../test/support/debian-tool.ts';
import { freePort } from '../../test/support/ports.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { until } from '../../test/support/until.ts';
import { START_SCRIPT } from './start-script.ts';

const folder = temporaryFolder('prometheus');
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const job = (name: string) => `scrape_configs: [{ job_name: ${name}, static_configs: [{ targets: [] }] }]\n`;
const RULE = 'groups: [{ name: a, rules: [{ alert: Late, expr: vector(1) }] }]\n';
let url: string;
let running: ChildProcess;
const ask = async (path: string) => (await fetch(`${url}${path}`).catch(() => undefined))?.text() ?? '';
const reloaded = async () => /^prometheus_config_last_reload_successful (\d)/m.exec(await ask('/metrics'))?.[1];

beforeAll(async () => {
  const { file } = await debianTool({ name: 'prometheus', packages: ['prometheus'], path: 'usr/bin/prometheus' });
  url = `http://127.0.0.1:${await freePort()}`;
  for (const name of ['config', 'rules', 'data']) mkdirSync(join(folder, name));
  write('config/prometheus.yml', job('first'));
  write('rules/a.yml', 'groups: []\n');
  const args = [`--config.file=${folder}/config/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  running = spawn('sh', ['-c', START_SCRIPT, 'sh', ...args, `--web.listen-address=${new URL(url).host}`], {
    env: {
      PATH: `${dirname(file)}:${process.env.PATH}`,
      CONFIG: join(folder, 'config'),
      RULES: join(folder, 'rules'),
      EVERY: '0.1',
    },
    stdio: 'ignore',
  });
  await until(async () => (await reloaded()) === '1');
}, 120_000);
afterAll(() => {
  running.kill();
});

test('Prometheus reloads a changed configuration and changed rules, keeps the former if one is invalid, and stops cleanly', async () => {
  const config = `rule_files: [${folder}/rules/*.yml]\n`;
  write('config/prometheus.yml', config + job('second'));
  await until(async () => (await ask('/api/v1/status/config')).includes('second'));
  write('rules/a.yml', RULE);
  await until(async () => (await ask('/api/v1/rules')).includes('Late'));

  write('config/prometheus.yml', 'scrape_configs: none\n');
  await until(async () => (await reloaded()) === '0');
  expect(await ask('/api/v1/status/config')).toContain('second');
  write('config/prometheus.yml', config + job('third'));
  await until(async () => (await ask('/api/v1/status/config')).includes('third'));

  const ended = once(running, 'exit');
  running.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
}, 120_000);
