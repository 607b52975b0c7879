import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { table } from '../infra/tools/progress.ts';

/**
 * Times `npm start` by phase: a first start, an unchanged one, and one with data but nothing running. With `cold`, the
 * cache is empty, so Kubernetes is built first: at least 10 minutes. It uses a separate cluster.
 */
export async function benchStart(cold: boolean): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'));
  const env = {
    GROUNDWORK_CLUSTER_DIR: join(folder, 'cluster'),
    GROUNDWORK_API_PORT: '36443',
    GROUNDWORK_HTTP_PORT: '38080',
    ...(cold ? { GROUNDWORK_CACHE: join(folder, 'cache') } : {}),
  };
  const run = async (...args: string[]): Promise<string> =>
    (await execa('node', ['groundwork.mjs', ...args, '--cluster', 'embedded'], { env, all: true })).all;
  try {
    const columns: [string, Map<string, string>][] = [];
    columns.push([cold ? 'nothing built' : 'built, no data', phases(await run('start'))]);
    columns.push(['again', phases(await run('start'))]);
    await run('down', '--keep-data');
    columns.push(['after down --keep-data', phases(await run('start'))]);
    const titles = [...(columns[0]?.[1].keys() ?? [])];
    return table([
      ['phase, seconds', ...columns.map(([name]) => name)],
      ...titles.map((title) => [title, ...columns.map(([, times]) => times.get(title) ?? '')]),
    ]);
  } finally {
    await run('down');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Parses the table of phases that `npm start` prints. */
function phases(output: string): Map<string, string> {
  const lines = output.split('\n');
  const from = lines.findIndex((line) => /^phase\s+seconds$/.test(line)) + 2;
  const to = lines.findIndex((line) => /^all\s/.test(line));
  const rows = lines.slice(from, to + 1).flatMap((line) => {
    const [, title, seconds] = /^(.*?)\s{2,}([\d.]+)$/.exec(line) ?? [];
    return title === undefined || seconds === undefined ? [] : [[title, seconds] as const];
  });
  return new Map(rows);
}
