import { ConfigurationError } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

/** Annotation of a namespace while its authority gets another key: the step that is under way, from 1. */
export const ROTATION_STEP = 'groundwork/authority-rotation';

/** The step of the rotation that is under way, or was interrupted. */
export function rotationStep(namespace: LiveObject | undefined): number | undefined {
  const step = namespace?.metadata.annotations?.[ROTATION_STEP];
  return step === undefined ? undefined : Number(step);
}

/** Why nothing may be deployed now: a deploy would restore the first authority, which some workloads no longer trust. */
export function validateRotation(namespace: LiveObject | undefined): ConfigurationError[] {
  const step = rotationStep(namespace);
  if (namespace === undefined || step === undefined) return [];
  return [
    new ConfigurationError({
      code: 'rotation-unfinished',
      where: `namespace ${namespace.metadata.name}`,
      problem: `the key of its authority is being rotated: step ${step} is under way, or was interrupted`,
      fix: 'wait until the rotation has ended, or continue it: `npm run secrets -- rotate identity-authority`',
    }),
  ];
}
