import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot } from '../../../tools/cache.ts';
import type { Progress } from '../../../tools/progress.ts';
import type { Check, Cluster, ClusterDriver } from '../driver.ts';

/** The part of an environment's configuration that is about its cluster. */
export interface ContextConfig {
  /** The kube context that this environment may be deployed to. @default none: no context is allowed */
  readonly context?: string;
}

/** The user's own cluster: selected by the name of its context, and neither started nor stopped. */
export class ContextCluster implements ClusterDriver {
  public readonly name = 'context';
  readonly #named: string | undefined;

  /** @param config names the only allowed context; kubectl's current one must be the same. */
  public constructor({ context }: ContextConfig) {
    this.#named = context;
  }

  public async check(): Promise<Check> {
    const named = this.#named;
    const files = kubeconfigs();
    if (named === undefined) {
      return {
        usable: false,
        why: "the environment's config names no kube context",
        fix: "name one, as in `context: 'my-cluster'` in the environment's file; the current context alone is never used",
      };
    }
    if ((await kubectl('version', '--client')).missing)
      return { usable: false, why: 'there is no `kubectl` on PATH', fix: 'install kubectl' };
    const { stdout, failed, stderr } = await kubectl('config', 'get-contexts', '--output', 'name');
    if (failed)
      return {
        usable: false,
        why: `kubectl can't read ${files}: ${stderr.trim()}`,
        fix: 'set KUBECONFIG to a file that it can read',
      };
    const contexts = stdout.split('\n').filter((line) => line !== '');
    if (!contexts.includes(named)) {
      return {
        usable: false,
        why: `the config names the context '${named}', and ${files} has ${contexts.length === 0 ? 'none' : contexts.map((name) => `'${name}'`).join(', ')}`,
        fix: `set KUBECONFIG to the file that has '${named}', or correct the name in the environment's config`,
      };
    }
    const { failed: silent, stderr: said } = await kubectl(
      '--context',
      named,
      'get',
      '--raw',
      '/readyz',
      '--request-timeout=5s',
    );
    if (silent)
      return {
        usable: false,
        why: `the context '${named}' does not answer: ${said.trim().split('\n').at(-1)}`,
        fix: `see \`kubectl --context ${named} get nodes\``,
      };
    return { usable: true, why: `the config names the context '${named}', and it answers` };
  }

  /** @throws ConfigurationError if the context is missing or does not answer, or kubectl's current context is another one. */
  public async up(progress: Progress): Promise<Cluster> {
    const check = await this.check();
    if (!check.usable)
      throw new ConfigurationError({
        code: 'cluster-unavailable',
        where: `the kube context '${this.#named ?? ''}'`,
        problem: check.why,
        fix: check.fix,
      });
    const { stdout: current } = await kubectl('config', 'current-context');
    // A plain kubectl must show the cluster that is deployed to.
    if (current.trim() !== this.#named) {
      throw new ConfigurationError({
        code: 'context-mismatch',
        where: 'the kube context',
        problem: `kubectl's current context is '${current.trim()}', but the environment's configuration names '${this.#named}'`,
        fix: `\`kubectl config use-context ${this.#named}\`, or name '${current.trim()}' in the environment's config if that is meant`,
      });
    }
    progress.skipped(
      'images',
      "this cluster pulls its images, so none are built here: publish the environment's images to a registry that it reaches",
    );
    return this.#cluster();
  }

  public async find(): Promise<Cluster | undefined> {
    return (await this.check()).usable ? this.#cluster() : undefined;
  }

  public async down(_: { readonly keepData: boolean }, progress: Progress): Promise<readonly string[]> {
    progress.say(`the cluster of the context '${this.#named}' is yours: it is left unchanged`);
    return [];
  }

  #cluster(): Cluster {
    const context = this.#named as string;
    return {
      driver: 'context',
      kubeconfig: process.env.KUBECONFIG ?? join(homedir(), '.kube', 'config'),
      context,
      kubectl: ['kubectl', '--context', context],
      gatewayUrl: undefined,
      state: join(cacheRoot(), 'contexts', context.replace(/[^\w.-]/g, '_')),
      images: 'registry',
      loadImages: async (images, progress) => {
        if (images.length > 0) progress.skipped(`loading ${images.length} images`, 'this cluster pulls its images');
      },
    };
  }
}

const kubeconfigs = (): string => (process.env.KUBECONFIG ?? '~/.kube/config').split(delimiter).join(', ');

async function kubectl(
  ...args: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string; readonly failed: boolean; readonly missing: boolean }> {
  const { stdout = '', stderr = '', failed, code } = await execa('kubectl', args, { reject: false, timeout: 10_000 });
  return { stdout, stderr, failed, missing: code === 'ENOENT' };
}
