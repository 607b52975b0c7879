import type { System } from '@groundwork/constructs';
import type { Progress } from '../tools/progress.ts';
import type { Cluster } from './cluster/driver.ts';

/** What is deployed where. */
export interface Deployment {
  /** Environment, such as `dev`. */
  readonly environment: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly system: System;
  /** Whether its objects are not all of the environment: then none is pruned. @default false */
  readonly partial?: boolean;
}

/** What an engine changed; names as `deployment/users`. */
export interface Changes {
  readonly created: readonly string[];
  readonly configured: readonly string[];
  readonly pruned: readonly string[];
  readonly unchanged: number;
}

/** Makes a cluster agree with a system. Two of them: `apply` and Pulumi. */
export interface Engine {
  readonly name: 'apply' | 'pulumi';
  /** Returns once the API server took everything; whether it runs is for `awaitRollout`. */
  deploy(deployment: Deployment, progress: Progress): Promise<Changes>;
  /** Removes what `deploy` made, volumes only if asked for. */
  destroy(
    deployment: Omit<Deployment, 'system'>,
    options: { readonly keepData: boolean },
    progress: Progress,
  ): Promise<void>;
}
