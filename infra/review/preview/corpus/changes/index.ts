/** The corpus: changes as people propose them, each with what has to be said of it. */
import type { Change } from '../change.ts';
import { certificates } from './certificates.ts';
import { contractChanges } from './contracts.ts';
import { networkAndRights } from './network.ts';
import { pods } from './pods.ts';
import { quotas } from './quota.ts';
import { refactorings } from './refactorings.ts';
import { releases } from './releases.ts';
import { servicesAndEnvironments } from './services.ts';
import { sizes } from './sizes.ts';
import { storage } from './storage.ts';
import { topicsAndEvents } from './topics.ts';

export const corpus: readonly Change[] = [
  ...sizes,
  ...storage,
  ...topicsAndEvents,
  ...contractChanges,
  ...servicesAndEnvironments,
  ...networkAndRights,
  ...pods,
  ...certificates,
  ...quotas,
  ...releases,
  ...refactorings,
];
