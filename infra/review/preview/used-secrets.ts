import type { Manifest } from '@groundwork/constructs';
import { type PodTemplate, templateOf } from './workloads.ts';

/** A Secret that a workload's pods get. */
export interface UsedSecret {
  readonly name: string;
  /** Whether a change reaches running pods: in files of a volume it does, in environment variables and by subPath it doesn't. */
  readonly isLive: boolean;
}

/** Secrets that a workload's pods get, each way that they get it. */
export function secretsOf(workload: Manifest): UsedSecret[] {
  const spec = templateOf(workload)?.spec as PodTemplate['spec'] & PodSecrets;
  if (spec === undefined) return [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers] as readonly ContainerSecrets[];
  const mounted = (spec.volumes ?? []).flatMap(({ name: volume, secret, projected }) => {
    const names = [secret?.secretName, ...(projected?.sources ?? []).map((source) => source.secret?.name)].filter(
      (name) => name !== undefined,
    );
    const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts).filter(({ name }) => name === volume);
    const isLive = mounts.every(({ subPath, subPathExpr }) => subPath === undefined && subPathExpr === undefined);
    return names.map((name) => ({ name, isLive }));
  });
  const variables = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef),
    ...envFrom.map(({ secretRef }) => secretRef),
  ]);
  return [...mounted, ...variables.flatMap((ref) => (ref === undefined ? [] : [{ name: ref.name, isLive: false }]))];
}

interface PodSecrets {
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName?: string };
    readonly projected?: { readonly sources?: readonly { readonly secret?: { readonly name: string } }[] };
  }[];
}

interface ContainerSecrets {
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string } } }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly subPath?: string;
    readonly subPathExpr?: string;
  }[];
}
