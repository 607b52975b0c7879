import { change, edit } from '../change.ts';
import { DEV } from './sizes.ts';

/** The check at synth counts pods of an update; this change takes that away together with room in the quota. */
export const quotas = [
  change(
    'a quota that is too small while pods roll',
    [
      edit('constructs/microservice/microservice.ts', 'maxPods: scaling.max + SURGE', 'maxPods: scaling.max'),
      edit(DEV, 'pods: 60', 'pods: 23'),
    ],
    'caution capacity ResourceQuota/shop @ dev',
    'danger quota ResourceQuota/shop @ dev',
  ),
];
