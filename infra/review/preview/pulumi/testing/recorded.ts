import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@groundwork/constructs';
import type { SnapshotObject } from '../../snapshot.ts';

interface Step {
  op: string;
  urn: string;
  oldState?: { inputs?: Manifest };
  newState?: { inputs?: Manifest };
}

/** The parts of the output of `pulumi preview --json` that are read. */
export interface Recorded {
  steps: Step[];
  diagnostics: { urn?: string; message: string; severity: string }[];
  changeSummary: Record<string, number>;
}

/**
 * Output of Pulumi 3.260 and its Kubernetes provider for a stack with `--show-sames`, without outputs and source
 * positions: an update, five replacements (one protected), two deletions (one protected), and a creation.
 */
export function recorded(): Recorded {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'));
}

/** The objects of both versions of the recorded stack, as in their source. */
export function recordedSources(): { readonly base: SnapshotObject[]; readonly head: SnapshotObject[] } {
  const { steps } = recorded();
  const entries = (state: 'oldState' | 'newState') =>
    steps.flatMap((step) => {
      const manifest = step[state]?.inputs;
      return manifest?.kind === undefined
        ? []
        : [{ chart: 'town', path: manifest.metadata.name, why: `prop '${manifest.metadata.name}'`, manifest }];
    });
  return { base: entries('oldState'), head: entries('newState') };
}
