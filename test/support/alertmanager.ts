import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Ask } from '../../infra/deploy/index.ts';
import { debianTool } from './debian-tool.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

/** Runs a real Alertmanager with this configuration, over plain HTTP on 127.0.0.1, while `work` runs. */
export async function withAlertmanager<T>(config: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const packaged = 'prometheus-alertmanager';
  const tool = { name: packaged, packages: [packaged], path: `usr/bin/${packaged}` } as const;
  const { file, libraries } = await debianTool(tool);
  const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
  await writeFile(join(folder, 'alertmanager.yml'), config);
  const port = await freePort();
  const command = [
    file,
    '--config.file=alertmanager.yml',
    '--storage.path=data',
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const [program, ...args] =
    libraries === undefined ? command : withShare(join(dirname(dirname(libraries)), 'share'), command);
  const running = execa(program as string, args, { cwd: folder, reject: false, all: true });
  const ask: Ask = async (path, options = {}) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, options);
    return { status: reply.status, body: await reply.text() };
  };
  try {
    await until(async () => {
      if (running.exitCode !== null) throw new Error(`Alertmanager ended: ${(await running).all}`);
      return ask('/-/ready').then(
        ({ status }) => status === 200,
        () => false,
      );
    });
    return await work(ask);
  } finally {
    running.kill();
    await running;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Debian's build reads its templates from /usr/share, which is therefore that of the unpacked package. */
function withShare(share: string, command: readonly string[]): readonly string[] {
  const asUser = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', ...asUser, '--mount', 'sh', '-c', 'mount --bind "$0" /usr/share && exec "$@"', share, ...command];
}

/** Notifications that a webhook receiver on 127.0.0.1 got, which it answers with this status. */
export async function withWebhook<T>(
  status: number,
  work: (url: string, got: readonly { readonly alerts: readonly object[] }[]) => Promise<T>,
): Promise<T> {
  const got: { alerts: object[] }[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push(JSON.parse(body));
      reply.writeHead(status).end('receiver says so');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  }
}
