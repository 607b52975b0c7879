import type { ConfigurationError } from '@groundwork/contract';
import { errorIf } from '../kubernetes/validate.ts';

/** Number of pods of a service. */
export interface Scaling {
  /** Minimum number of pods, at least 1; two or more survive the loss of one. */
  readonly min: number;
  /** Maximum number of pods. If it equals `min`, there is no autoscaler. @default min */
  readonly max?: number;
  /** Target CPU utilization of the autoscaler in percent of the request, from 10 to 95. @default 70 */
  readonly targetCpu?: number;
}

/** Additional pods during a rolling update. */
export const SURGE = 1;

/** Scaling with its defaults. */
export interface FullScaling {
  readonly min: number;
  readonly max: number;
  readonly targetCpu: number;
}

export function fullScaling({ min, max = min, targetCpu = 70 }: Scaling): FullScaling {
  return { min, max, targetCpu };
}

/** @returns one ConfigurationError for each invalid field */
export function validateScaling(where: string, scaling: Scaling): ConfigurationError[] {
  const { min, max, targetCpu } = fullScaling(scaling);
  return [
    ...errorIf(!Number.isInteger(min) || min < 1, {
      code: 'scaling-invalid',
      where: `${where} › min`,
      problem: `min must be an integer ≥ 1, got ${min}`,
      fix: 'write 1 or more',
    }),
    ...errorIf(!Number.isInteger(max) || max < min, {
      code: 'scaling-invalid',
      where: `${where} › max`,
      problem: `max must be an integer ≥ min (${min}), got ${max}`,
      fix: 'omit max to disable scaling, or raise it',
    }),
    ...errorIf(!Number.isInteger(targetCpu) || targetCpu < 10 || targetCpu > 95, {
      code: 'scaling-invalid',
      where: `${where} › targetCpu`,
      problem: `targetCpu must be a percentage from 10 to 95, got ${targetCpu}`,
      fix: 'omit it for 70: pods need headroom until another pod is ready',
    }),
    ...errorIf(scaling.targetCpu !== undefined && max === min, {
      code: 'scaling-invalid',
      where: `${where} › targetCpu`,
      problem: `targetCpu has no effect if max equals min (${min})`,
      fix: "raise 'max', or omit 'targetCpu'",
    }),
  ];
}
