import type { Manifest } from '@groundwork/constructs';

/** Why a changed pod template doesn't reach pods by itself. */
export interface RolloutPause {
  /** Field that says so, such as `spec.updateStrategy`. */
  readonly field: string;
  readonly pods: string;
  /** As the end of a sentence that says they stay. */
  readonly until: string;
  /** Whether no pod is replaced; else only some are not. */
  readonly ofAll: boolean;
}

/** What keeps a workload's pods as they are when their template changes; undefined if nothing does. */
export function rolloutPauseOf({ kind, spec }: Manifest): RolloutPause | undefined {
  const {
    paused,
    updateStrategy,
    replicas = 1,
  } = (spec ?? {}) as {
    paused?: boolean;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    replicas?: number;
  };
  if (kind === 'Deployment' && paused === true)
    return { field: 'spec.paused', pods: 'its pods', until: 'until somebody resumes it', ofAll: true };
  if (kind !== 'StatefulSet' && kind !== 'DaemonSet') return undefined;
  if (updateStrategy?.type === 'OnDelete')
    return { field: 'spec.updateStrategy', pods: 'its pods', until: 'until somebody deletes them', ofAll: true };
  const { partition = 0 } = updateStrategy?.rollingUpdate ?? {};
  if (kind === 'DaemonSet' || partition === 0) return undefined;
  return {
    field: 'spec.updateStrategy',
    pods: partition >= replicas ? 'its pods' : `its first ${partition} pods`,
    until: 'until somebody lowers the partition',
    ofAll: partition >= replicas,
  };
}
