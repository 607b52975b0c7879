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

/** What `pulumi preview --json` prints, as far as it is read. */
export interface Recorded {
  steps: Step[];
  diagnostics: { urn?: string; message: string; severity: string }[];
  changeSummary: Record<string, number>;
}

/**
 * What Pulumi 3.260 and its Kubernetes provider printed of a stack with `--show-sames`, without outputs and places in the
 * source: an update, five replacements of which one is protected, two deletions of which one is, and a creation.
 */
export function recorded(): Recorded {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8')) as Recorded;
}

/** The objects of both versions that it was recorded of, as their source would have them. */
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
