import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { goTool } from './go-tool.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

const REGISTRY = 'github.com/distribution/distribution/v3/cmd/registry@v3.0.0';

/** A real image registry for one test file, without TLS, on a free port of 127.0.0.1. */
export interface TestRegistry {
  /** Such as `127.0.0.1:5000`. */
  readonly address: string;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

export async function startRegistry(): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.json');
  const storage = { filesystem: { rootdirectory: join(folder, 'data') } };
  writeFileSync(config, JSON.stringify({ version: 0.1, log: { level: 'error' }, storage, http: { addr: address } }));
  const server = execa(await goTool(REGISTRY), ['serve', config], { reject: false, all: true });
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`the registry did not start: ${(await server).all}`);
    return fetch(`http://${address}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    address,
    remove: async () => {
      server.kill();
      await server;
      rmSync(folder, { recursive: true });
    },
  };
}
