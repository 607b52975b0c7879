import type { Manifest } from '@groundwork/constructs';
import { compareSnapshots } from '../../findings.ts';
import type { Snapshot, SnapshotObject } from '../../snapshot.ts';

/** What one rule reports for a change of an environment's objects: severity, object, field, text and note. */
export function reportedBy(rule: string, before: readonly Manifest[], after: readonly Manifest[]): string[] {
  return compareSnapshots(snapshot(before), snapshot(after))
    .findings.filter((finding) => finding.rule === rule)
    .map(({ severity, subject, field, what, note }) =>
      [`${severity} ${subject}`, field ?? '', what, ...(note === undefined ? [] : [note])].join(' | '),
    );
}

function snapshot(manifests: readonly Manifest[]): Snapshot {
  const entry = (manifest: Manifest): SnapshotObject => ({
    chart: 'c',
    path: manifest.metadata.name,
    why: 'prop',
    manifest,
  });
  return { version: 'x', environments: { test: manifests.map(entry) }, contracts: [] };
}
