import type { Manifest } from '@groundwork/constructs';
import { pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import type { EnvironmentRule } from './rule.ts';

/** Kinds with which data goes, and what goes. */
const STORES: Readonly<Record<string, string>> = {
  Namespace: 'the namespace goes with everything in it, volumes included',
  PersistentVolumeClaim: 'the volume may go with its claim',
  PersistentVolume: 'the volume goes',
  Kafka: 'the cluster goes with all its topics',
  KafkaNodePool: 'its brokers go with what they store',
  Cluster: 'the database cluster goes with all its databases',
  Database: 'the database goes',
  CassandraDatacenter: 'the datacenter goes with its data',
  K8ssandraCluster: 'the cluster goes with its data',
};

/** Data that a change may lose. */
export const data: EnvironmentRule = {
  id: 'data',
  check: ({ changes }) =>
    changes.flatMap((change) =>
      change.action === 'delete' ? deleted(change) : [...shrunk(change), ...elsewhere(change), ...abandoned(change)],
    ),
};

function deleted({ id, kind, before, why }: ObjectChange): Observation[] {
  const claims = (before?.spec as { volumeClaimTemplates?: unknown[] } | undefined)?.volumeClaimTemplates ?? [];
  const what =
    kind === 'StatefulSet' && claims.length > 0
      ? 'what it serves stops; its volumes stay behind without an owner'
      : STORES[kind];
  if (what === undefined) return [];
  return [
    {
      severity: 'danger',
      subject: id,
      what,
      advice: 'if it was renamed, give the old name as an alias and move the data; else take a backup first',
      cause: why,
    },
  ];
}

/** A StatefulSet's claims can't change at all, which `replacements` tells. */
function shrunk({ id, kind, after, fields, why }: ObjectChange): Observation[] {
  if (kind === 'StatefulSet') return [];
  return fields
    .filter(
      ({ path }) =>
        (path.at(-1) === 'storage' && path.at(-2) === 'requests') ||
        (path.at(-1) === 'size' && path.includes('storage')),
    )
    .filter(({ before, after: value }) => (quantity(value) ?? 0) < (quantity(before) ?? 0))
    .map((field) => ({
      severity: 'danger',
      subject: id,
      what: `its volumes would shrink, which no storage class does: the ${(after as Manifest).kind} is refused`,
      field: pathText(field.path),
      before: field.before,
      after: field.after,
      advice: 'keep the size, or move the data to a new, smaller store',
      cause: why,
    }));
}

/** Operators take another class, and leave the volumes that there are where they are. */
function elsewhere({ id, fields, why }: ObjectChange): Observation[] {
  return fields
    .filter(
      ({ path }) =>
        path[0] === 'spec' && path[1] === 'storage' && ['class', 'storageClass'].includes(path.at(-1) as string),
    )
    .map(({ path, before, after }) => ({
      severity: 'caution',
      subject: id,
      what: 'only volumes that are made from now on are of this class',
      field: pathText(path),
      before,
      after,
      advice: 'replace its members one by one, as the operator’s manual says',
      cause: why,
    }));
}

/** Claims that the StatefulSet's controller now deletes by itself. */
function abandoned({ id, fields, why }: ObjectChange): Observation[] {
  return fields
    .filter(({ path, after }) => path[1] === 'persistentVolumeClaimRetentionPolicy' && after === 'Delete')
    .map(({ path, before, after }) => ({
      severity: 'danger',
      subject: id,
      what: path.at(-1) === 'whenDeleted' ? 'its volumes go with it' : 'volumes go with the pods that are scaled away',
      field: pathText(path),
      before,
      after,
      advice: 'keep Retain where the data is the only copy',
      cause: why,
    }));
}
