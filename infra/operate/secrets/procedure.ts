import type { Kubectl } from '../../deploy/index.ts';

/** What a procedure works on. */
export interface Turn {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  /** The next value. */
  readonly value: string;
}

/** What it takes to rotate a secret that others have to know of besides those that read it. Each half may be done again. */
export interface Procedure {
  /** Makes the next value good beside the present one. Nothing holds it yet. */
  begin(turn: Turn): Promise<void>;
  /** Takes the former values away. All that reads the secret has been rolled. */
  end(turn: Turn): Promise<void>;
}
