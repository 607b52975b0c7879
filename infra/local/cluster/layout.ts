import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { cacheRoot } from '../../tools/cache.ts';

/** Addresses inside the node's network namespace. They are not visible outside, so all clusters use the same. */
export const network = {
  node: '10.77.0.1',
  pods: '10.78.0.0/24',
  podsGateway: '10.78.0.1',
  services: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dnsService: '10.96.0.10',
  /** The NodePort that the proxy forwards HTTP to. */
  nodePort: 30080,
} as const;

/** Name of the node, of the context and of the cluster in kubeconfigs. */
export const NODE = 'groundwork';

/** Paths and ports of a cluster. Two clusters need two folders and two pairs of ports. */
export class Layout {
  /** Folder of all files of this cluster. @default `GROUNDWORK_CLUSTER_DIR`, or `cluster` in the cache */
  public readonly state: string;
  /** Port on 127.0.0.1 that is forwarded to the API server. @default `GROUNDWORK_API_PORT`, or 16443 */
  public readonly apiPort: number;
  /** Port on 127.0.0.1 that is forwarded to NodePort 30080. @default `GROUNDWORK_HTTP_PORT`, or 8080 */
  public readonly httpPort: number;

  /** @throws ConfigurationError if a port is invalid, or the folder is below a path that the node mounts over. */
  public constructor(env: Readonly<Record<string, string | undefined>> = process.env) {
    this.state = resolve(env.GROUNDWORK_CLUSTER_DIR ?? join(cacheRoot(), 'cluster'));
    this.apiPort = port(env, 'GROUNDWORK_API_PORT', 16443);
    this.httpPort = port(env, 'GROUNDWORK_HTTP_PORT', 8080);
    for (const folder of [this.state, cacheRoot()]) {
      const hidden = ['/run', '/var/lib', '/var/log', '/proc', '/sys'].find((path) =>
        `${folder}/`.startsWith(`${path}/`),
      );
      if (hidden === undefined) continue;
      throw new ConfigurationError({
        code: 'cache-folder-invalid',
        where: 'GROUNDWORK_CLUSTER_DIR, GROUNDWORK_CACHE',
        problem: `${folder} is in ${hidden}, where the node mounts its own folders`,
        fix: `set a folder elsewhere, such as ${join(homedir(), '.cache/groundwork')}`,
      });
    }
  }

  /** Keys and certificates. */
  public get pki(): string {
    return join(this.state, 'pki');
  }
  /** Kubeconfig of the administrator, with the address of the proxy. */
  public get kubeconfig(): string {
    return join(this.state, 'kubeconfig');
  }
  /** Logs: of the node's processes in `node/`, of pods in `pods/`. */
  public get log(): string {
    return join(this.state, 'log');
  }
  /** The node's `/var/lib`: etcd, images, volumes. */
  public get lib(): string {
    return join(this.state, 'lib');
  }
  /** Runtime state, valid only while the node runs. */
  public get run(): string {
    return join(this.state, 'run');
  }
  /** Its cgroup, the same name in each hierarchy. */
  public get cgroup(): string {
    return `groundwork-${createHash('sha256').update(this.state).digest('hex').slice(0, 8)}`;
  }
}

function port(env: Readonly<Record<string, string | undefined>>, name: string, otherwise: number): number {
  const text = env[name] ?? `${otherwise}`;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new ConfigurationError({
    code: 'option-invalid',
    where: name,
    problem: `it must be a port, got '${text}'`,
    fix: `unset it for ${otherwise}, or set an integer from 1 to 65535`,
  });
}
