import type { Manifest } from '@groundwork/constructs';
import type { SnapshotObject } from '../snapshot.ts';
import { plain } from './plain.ts';
import type { LiveManifest } from './state.ts';

/** Suffix of the name of a Job that runs once for each content. */
const CHECKSUM = /-[0-9a-f]{12}$/;

/** Whether an object is a Job that is named after its content. */
export function isNamedByContent({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): boolean {
  return kind === 'Job' && CHECKSUM.test(metadata.name);
}

/**
 * Jobs that are named after their content, which includes an image that the source can't predict. If the source is
 * unchanged, the live Job is the same, whatever its suffix.
 * @returns the running Job by the head's name
 */
export function jobsOfSameSource(
  head: readonly SnapshotObject[],
  live: ReadonlyMap<string, LiveManifest>,
  base: readonly SnapshotObject[],
): ReadonlyMap<string, Manifest> {
  const inBase = new Set(
    base.filter(({ manifest }) => manifest.kind === 'Job').map(({ manifest }) => manifest.metadata.name),
  );
  const running = [...live.values()].filter(isNamedByContent);
  const stem = (name: string): string => name.replace(CHECKSUM, '');
  return new Map(
    head.flatMap(({ manifest: { kind, metadata } }) => {
      if (kind !== 'Job' || !inBase.has(metadata.name) || !CHECKSUM.test(metadata.name)) return [];
      const [same, another] = running.filter((job) => stem(job.metadata.name) === stem(metadata.name));
      return same === undefined || another !== undefined || same.metadata.name === metadata.name
        ? []
        : [[metadata.name, plain(same)] as const];
    }),
  );
}
