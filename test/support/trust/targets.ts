import type { Kubectl } from '../../../infra/deploy/kubectl.ts';

/** A port that a pod of the environment listens on. */
export interface Listener {
  /** Workload, such as `kafka`. */
  readonly workload: string;
  readonly address: string;
  readonly port: number;
  /** Such as `metrics`. */
  readonly name: string;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    }[];
  };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

/** Each TCP port of each workload, on one of its pods. `undeclared` below finds ports that no pod declares. */
export async function listeners(kubectl: Kubectl, namespace: string): Promise<Listener[]> {
  const found = new Map<string, Listener>();
  for (const pod of (await kubectl.list(namespace, 'pods')) as unknown as Pod[]) {
    const { phase, podIP: address } = pod.status;
    if (phase !== 'Running' || address === undefined) continue;
    const workload = pod.metadata.labels?.['app.kubernetes.io/name'] ?? pod.metadata.name;
    for (const { name, containerPort: port, protocol = 'TCP' } of pod.spec.containers.flatMap(
      ({ ports = [] }) => ports,
    )) {
      if (protocol === 'TCP') found.set(`${workload}:${port}`, { workload, address, port, name: name ?? `${port}` });
    }
  }
  return [...found.values()].sort((a, b) => (`${a.workload}:${a.port}` < `${b.workload}:${b.port}` ? -1 : 1));
}
