import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { elapsed, type Progress } from '../../tools/progress.ts';
import { until } from '../../tools/wait.ts';
import { apiReady } from './api.ts';
import { type Layout, NODE, network } from './layout.ts';
import { loadImages } from './load-images.ts';
import type { Node } from './node.ts';
import { type SystemImages, withImages } from './system-images.ts';

/** Manifests of the cluster's own components: DNS, metrics, volumes and rights. */
export async function systemManifests(images: SystemImages): Promise<string> {
  const folder = join(import.meta.dirname, 'manifests');
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return withImages(texts.join('\n---\n'), images);
}

/** Waits for a node that was just started, and installs the cluster's own components. Idempotent. */
export async function bringUpSystem(
  layout: Layout,
  node: Node,
  kubectl: readonly string[],
  images: SystemImages,
  progress: Progress,
): Promise<void> {
  const inNode = async (...command: readonly string[]): Promise<boolean> =>
    !(await execa(node.enter[0], [...node.enter.slice(1), ...command], { reject: false })).failed;
  const waitFor = (what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> =>
    elapsed(progress, `waiting for ${what}`, async () => {
      const over = async (): Promise<boolean> => node.pid === undefined || (await holds());
      const inTime = await until(over, seconds * 1000);
      if (node.pid === undefined)
        throw new Error(`the node exited while waiting for ${what}; its logs are in ${layout.log}`);
      if (!inTime)
        throw new Error(`${what}: not ready after ${seconds} s; its logs are in ${join(layout.log, 'node')}`);
    });
  const [file, ...first] = kubectl as [string, ...string[]];

  await waitFor('the API server', 120, () => apiReady(layout));
  await waitFor('containerd', 60, () => inNode('ctr', 'version'));
  await loadImages(
    node,
    Object.values(images).map(({ reference, file: archive }) => ({ reference, archive })),
    progress,
  );
  progress.step('applying the system manifests');
  await execa(
    file,
    [...first, 'apply', '--server-side', '--force-conflicts', '--field-manager', 'groundwork-cluster', '-f', '-'],
    {
      input: await systemManifests(images),
    },
  );
  // After a restart the API still shows the old, ready state. A response through the DNS Service's address proves that
  // node, pod network, Service addresses and CoreDNS work.
  await waitFor('cluster DNS', 90, () =>
    inNode('curl', '-sf', '--max-time', '1', '-o', '/dev/null', `http://${network.dnsService}:9153/metrics`),
  );
  await execa(file, [...first, 'wait', '--for=condition=Ready', `node/${NODE}`, '--timeout=60s']);
}
