import { type Cluster, itemsOf, Kubectl, type LiveObject } from '../deploy/index.ts';
import { table } from '../tools/progress.ts';

/** Usage of one pod's containers, from metrics-server. */
export interface PodMemory {
  readonly metadata: { readonly name: string };
  readonly containers: readonly { readonly usage: { readonly memory: string } }[];
}

/** Lines with memory usage and limit of each system's pods; a single line when metrics-server doesn't answer. */
export async function memoryBySystem(
  cluster: Pick<Cluster, 'kubectl'>,
  namespace: string,
  pods: readonly LiveObject[],
): Promise<readonly string[]> {
  const kubectl = new Kubectl(cluster);
  try {
    const text = await kubectl.run(['get', '--raw', `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`]);
    return memoryTable(itemsOf<PodMemory>(text), pods);
  } catch {
    return ["memory    unknown: the cluster's metrics-server doesn't answer"];
  }
}

/** A row for each system, the largest first, and their sum. A pod that was just created has no metrics yet. */
export function memoryTable(usages: readonly PodMemory[], pods: readonly LiveObject[]): readonly string[] {
  const used = new Map(
    usages.map(({ metadata, containers }) => [
      metadata.name,
      sum(containers.map(({ usage }) => mebibytes(usage.memory))),
    ]),
  );
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  if (running.length === 0) return [];
  const systems = [
    ...Map.groupBy(running, ({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] ?? '(no system)'),
  ].map(([system, own]) => ({
    system,
    pods: own.length,
    used: sum(own.map(({ metadata }) => used.get(metadata.name) ?? 0)),
    limit: sum(own.map(limitOf)),
  }));
  const all = {
    system: 'all',
    pods: running.length,
    used: sum(systems.map((one) => one.used)),
    limit: sum(systems.map((one) => one.limit)),
  };
  const rows = [...systems.sort((a, b) => b.used - a.used), all];
  return [
    table([
      ['memory by system', 'pods', 'MiB used', 'MiB limit'],
      ...rows.map((row) => [row.system, ...[row.pods, row.used, row.limit].map((n) => `${Math.round(n)}`)]),
    ]),
  ];
}

/** Sum of the limits of all containers that run together; sidecars are init containers that keep running. */
function limitOf({ spec }: LiveObject): number {
  type Container = {
    readonly restartPolicy?: string;
    readonly resources?: { readonly limits?: { readonly memory?: string } };
  };
  const { containers = [], initContainers = [] } = (spec ?? {}) as {
    containers?: Container[];
    initContainers?: Container[];
  };
  const beside = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')];
  return sum(beside.map(({ resources }) => mebibytes(resources?.limits?.memory ?? '0')));
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Converts a Kubernetes quantity such as `256Mi` to MiB. */
function mebibytes(quantity: string): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return (Number(amount) * (UNITS[unit] ?? Number.NaN)) / 2 ** 20;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
