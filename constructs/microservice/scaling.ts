import { ConfigurationError } from '@groundwork/contract';

/** How many pods of a service there are. */
export interface Scaling {
  /** Fewest pods, from 1; two or more survive the loss of one. */
  readonly min: number;
  /** Most pods. Equal to `min`, nothing scales. @default min */
  readonly max?: number;
  /** Average use of the requested CPU that the autoscaler aims at, in per cent. @default 70 */
  readonly targetCpu?: number;
}

/** Pods beyond `max` while an update is under way. */
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

/** @returns what is wrong with the scaling: nothing, or a ConfigurationError for each field */
export function validateScaling(where: string, scaling: Scaling): ConfigurationError[] {
  const { min, max, targetCpu } = fullScaling(scaling);
  const found: ConfigurationError[] = [];
  if (!Number.isInteger(min) || min < 1)
    found.push(
      new ConfigurationError({
        code: 'scaling-invalid',
        where: `${where} › min`,
        problem: `${min} is no number of pods from 1`,
        fix: 'write 1 or more: a service with no pod serves nobody',
      }),
    );
  if (!Number.isInteger(max) || max < min)
    found.push(
      new ConfigurationError({
        code: 'scaling-invalid',
        where: `${where} › max`,
        problem: `max ${max} is below min ${min}, or no whole number`,
        fix: 'leave max out for no scaling, or raise it',
      }),
    );
  if (!Number.isInteger(targetCpu) || targetCpu < 10 || targetCpu > 95) {
    found.push(
      new ConfigurationError({
        code: 'scaling-invalid',
        where: `${where} › targetCpu`,
        problem: `${targetCpu} % is out of range 10–95`,
        fix: 'leave it out for 70: pods need room until the next one is up',
      }),
    );
  }
  if (scaling.targetCpu !== undefined && max === min) {
    found.push(
      new ConfigurationError({
        code: 'scaling-invalid',
        where: `${where} › targetCpu`,
        problem: `it does nothing where max equals min (${min})`,
        fix: "raise 'max', or leave 'targetCpu' out",
      }),
    );
  }
  return found;
}
