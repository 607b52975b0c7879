import type { Kubectl } from '../../deploy/index.ts';

/** Input of a procedure. */
export interface Turn {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** The next value. */
  readonly value: string;
}

/** Extra steps of a rotation that a system must take part in besides the secret's readers. Both steps are idempotent. */
export interface Procedure {
  /** Makes the next value valid beside the current one. No workload has it yet. */
  begin(turn: Turn): Promise<void>;
  /** Revokes the former values. All readers have restarted. */
  end(turn: Turn): Promise<void>;
}
