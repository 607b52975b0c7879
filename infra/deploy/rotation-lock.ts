import { ConfigurationError } from '@groundwork/contract';
import type { LiveObject } from './kubectl.ts';

/** Annotation of a namespace while its authority's key is rotated: the current step, from 1. */
export const ROTATION_STEP = 'groundwork/authority-rotation';

/** The current step of a running or interrupted rotation; undefined if there is none. */
export function rotationStep(namespace: LiveObject | undefined): number | undefined {
  const step = namespace?.metadata.annotations?.[ROTATION_STEP];
  return step === undefined ? undefined : Number(step);
}

/** Rejects deploys during a rotation: a deploy would restore the first authority, which some workloads no longer trust. */
export function validateRotation(namespace: LiveObject | undefined): ConfigurationError[] {
  const step = rotationStep(namespace);
  if (namespace === undefined || step === undefined) return [];
  return [
    new ConfigurationError({
      code: 'rotation-unfinished',
      where: `namespace ${namespace.metadata.name}`,
      problem: `the key of its authority is being rotated: step ${step} is running or was interrupted`,
      fix: 'wait until the rotation has ended, or continue it: `npm run secrets -- rotate identity-authority`',
    }),
  ];
}
