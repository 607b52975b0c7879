import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EmbeddedCluster, Layout } from '@groundwork/local';
import type { Cluster } from '../../infra/deploy/cluster/index.ts';
import { freePort } from './ports.ts';

/** A cluster beside one that may be running: another folder, other ports, the same builds. */
export interface SeparateCluster {
  readonly layout: Layout;
  readonly driver: EmbeddedCluster;
  /** Variables with which commands of the repository use it. */
  readonly env: Readonly<Record<string, string>>;
  up(): Promise<Cluster>;
  /** Removes it with its data. */
  down(): Promise<void>;
}

export async function separateCluster(): Promise<SeparateCluster> {
  const folder = join(mkdtempSync(join(tmpdir(), 'groundwork-e2e-')), 'cluster');
  const env = {
    GROUNDWORK_CLUSTER_DIR: folder,
    GROUNDWORK_API_PORT: `${await freePort()}`,
    GROUNDWORK_HTTP_PORT: `${await freePort()}`,
  };
  const layout = new Layout(env);
  const driver = new EmbeddedCluster(layout);
  const progress = { step: () => {}, say: () => {}, skipped: () => {} };
  return {
    layout,
    driver,
    env,
    up: () => driver.up(progress),
    down: async () => {
      await driver.down({ keepData: false }, progress);
      rmSync(`${folder}.lock`, { force: true });
      rmdirSync(dirname(folder)); // only when empty: a cluster that is still up has mounts there
    },
  };
}
