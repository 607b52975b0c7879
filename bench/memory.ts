import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { table } from '../infra/tools/progress.ts';

const KIBIBYTE = 1024;

/**
 * Memory of a running embedded cluster by program: proportional set size, so that shared pages count once. `kube` is one
 * binary with many commands, which are listed by its first argument.
 */
export function benchMemory(): string {
  const sums = new Map<string, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const found = program(pid);
    if (found !== undefined) sums.set(found.name, (sums.get(found.name) ?? 0) + found.kibibytes);
  }
  if (sums.size === 0) return 'no embedded cluster is running: run `npm start` first';
  const rows = [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([name, kibibytes]) => [name, (kibibytes / KIBIBYTE).toFixed(0)]);
  const all = [...sums.values()].reduce((sum, kibibytes) => sum + kibibytes, 0);
  return table([['program', 'MiB'], ...rows, ['all', (all / KIBIBYTE).toFixed(0)]]);
}

/** A process of the cluster's node or pods: it is in a cgroup of the cluster, or runs a binary of the node. */
function program(pid: string): { readonly name: string; readonly kibibytes: number } | undefined {
  try {
    const [file = '', first = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const inPod = /groundwork-[0-9a-f]{8}/.test(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
    const ofNode = basename(file) === 'kube' || ['containerd', 'containerd-shim-runc-v2'].includes(basename(file));
    if (!inPod && !ofNode) return undefined;
    const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    const script = /services\/([\w-]+)\/main\.ts/.exec(first)?.[1];
    return {
      name: basename(file) === 'kube' ? first : (script ?? basename(file.replace(/:.*/, ''))),
      kibibytes: Number(pss ?? 0),
    };
  } catch {
    return undefined; // the process has ended
  }
}
