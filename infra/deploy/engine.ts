import type { System } from '@groundwork/constructs';
import type { Progress } from '../tools/progress.ts';
import type { Cluster } from './cluster/driver.ts';

/** Objects to deploy, and the cluster and namespace they are deployed to. */
export interface Deployment {
  /** Environment, such as `dev`. */
  readonly environment: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly system: System;
  /** Whether `manifests` are only a part of the environment: then nothing is pruned. @default false */
  readonly partial?: boolean;
}

/** What an engine changed; names such as `deployment/users`. */
export interface Changes {
  readonly created: readonly string[];
  readonly configured: readonly string[];
  readonly pruned: readonly string[];
  readonly unchanged: number;
}

/** Reconciles a cluster with the objects of an environment. Implementations: `apply` and Pulumi. */
export interface Engine {
  readonly name: 'apply' | 'pulumi';
  /** Returns once the API server accepted everything; `awaitRollout` waits for readiness. */
  deploy(deployment: Deployment, progress: Progress): Promise<Changes>;
  /** Removes what `deploy` created; volumes and secrets unless `keepData` is set. */
  destroy(
    deployment: Omit<Deployment, 'system'>,
    options: { readonly keepData: boolean },
    progress: Progress,
  ): Promise<void>;
}
