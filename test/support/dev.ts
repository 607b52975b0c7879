import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { chooseCluster } from '../../infra/cli/drivers.ts';
import type { Cluster } from '../../infra/deploy/cluster/index.ts';
import { Kubectl } from '../../infra/deploy/kubectl.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The running dev environment, as a test meets it. */
export interface Dev {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly gateway: string;
  /** Whether it ran before the tests; if so it is left running. */
  readonly wasRunning: boolean;
}

/** Runs a command of the repository as a user would, and gives all that it printed. */
export async function groundwork(
  ...args: readonly string[]
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const { exitCode, all } = await execa('node', ['groundwork.mjs', ...args], {
    cwd: root,
    reject: false,
    all: true,
  });
  return { exitCode: exitCode ?? 1, output: all };
}

/** Brings dev up on the embedded cluster by `npm start`, as a user would. */
export async function devUp(): Promise<Dev> {
  const { driver } = await chooseCluster({ wanted: 'embedded' });
  const wasRunning = (await driver.find()) !== undefined;
  const { exitCode, output } = await groundwork('start', '--cluster', 'embedded', '--engine', 'apply');
  if (exitCode !== 0) throw new Error(`npm start failed:\n${output}`);
  const cluster = await driver.find();
  if (cluster?.gatewayUrl === undefined) throw new Error(`no cluster after npm start:\n${output}`);
  return asDev(cluster, cluster.gatewayUrl, wasRunning);
}

/** Dev as it runs already, whatever was changed since in the tree; brought up if it doesn't run. */
export async function devAsItRuns(): Promise<Dev> {
  const { driver } = await chooseCluster({ wanted: 'embedded' });
  const cluster = await driver.find();
  if (cluster?.gatewayUrl === undefined) return devUp();
  const dev = asDev(cluster, cluster.gatewayUrl, true);
  return (await dev.kubectl.get('deployment', 'gateway', dev.namespace)) === undefined ? devUp() : dev;
}

function asDev(cluster: Cluster, gateway: string, wasRunning: boolean): Dev {
  return { cluster, kubectl: new Kubectl(cluster), namespace: 'shop-dev', gateway, wasRunning };
}

/** Takes dev down again, unless it ran before the tests. */
export async function devDown(dev: Dev | undefined): Promise<void> {
  if (dev !== undefined && !dev.wasRunning) await groundwork('down', '--cluster', 'embedded');
}
