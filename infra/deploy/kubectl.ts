import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { Cluster } from './cluster/driver.ts';

/** Any Kubernetes object as the API server returns it, with the fields that the engines read. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
    readonly deletionTimestamp?: string;
    readonly creationTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Items of a Kubernetes list in JSON. */
export function itemsOf<T>(json: string): readonly T[] {
  const { items }: { readonly items: readonly T[] } = JSON.parse(json);
  return items;
}

/** Runs kubectl against one cluster. All engines use it to reach the API server. */
export class Kubectl {
  readonly #command: readonly string[];

  public constructor(cluster: Pick<Cluster, 'kubectl'>) {
    this.#command = cluster.kubectl;
  }

  /**
   * Standard output of `kubectl ARGS`.
   * @throws ConfigurationError with kubectl's error output if it fails.
   */
  public async run(
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Record<string, string> } = {},
  ): Promise<string> {
    const [file, ...first] = this.#command as [string, ...string[]];
    const { failed, stdout, stderr, exitCode } = await execa(file, [...first, ...args], { reject: false, ...options });
    if (failed) {
      throw new ConfigurationError({
        code: 'kubectl-failed',
        where: `kubectl ${args.slice(0, 4).join(' ')}`,
        problem: stderr.trim() || `it exited with ${exitCode ?? 'a signal'}`,
        fix: 'fix what the message names; `npm run status` shows the cluster',
      });
    }
    return stdout;
  }

  /** Starts `kubectl ARGS`, which runs until it is killed, such as a port forwarding. */
  public start(args: readonly string[]) {
    const [file, ...first] = this.#command as [string, ...string[]];
    return execa(file, [...first, ...args], { reject: false, stdin: 'ignore' });
  }

  /** Objects of these kinds in a namespace, such as `list('shop-dev', 'pods', 'jobs')`. */
  public async list<T extends LiveObject = LiveObject>(
    namespace: string,
    ...kinds: readonly string[]
  ): Promise<readonly T[]> {
    const text = await this.run(['get', kinds.join(','), '--namespace', namespace, '--ignore-not-found', '-o', 'json']);
    return text === '' ? [] : itemsOf<T>(text);
  }

  /** One object, or undefined if it does not exist. */
  public async get<T extends LiveObject = LiveObject>(
    kind: string,
    name: string,
    namespace?: string,
  ): Promise<T | undefined> {
    const text = await this.run([
      'get',
      kind,
      name,
      ...(namespace === undefined ? [] : ['--namespace', namespace]),
      '--ignore-not-found',
      '-o',
      'json',
    ]);
    return text === '' ? undefined : JSON.parse(text);
  }
}
