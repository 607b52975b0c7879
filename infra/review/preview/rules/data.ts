import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentRule } from './rule.ts';

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

function deleted(change: ObjectChange): Observation[] {
  const { kind, before } = change;
  const claims = isKind(before, 'StatefulSet') ? (before.spec?.volumeClaimTemplates ?? []) : [];
  const what = claims.length > 0 ? 'what it serves stops; its volumes stay behind without an owner' : STORES[kind];
  const advice = 'if it was renamed, give the old name as an alias and move the data; else take a backup first';
  return what === undefined ? [] : [about(change, 'critical', what, advice)];
}

/** Sizes of volumes that change in place. A StatefulSet's claims can't change at all, which `replacements` tells. */
export function resized({ kind, fields }: ObjectChange): ObjectChange['fields'] {
  if (kind === 'StatefulSet') return [];
  return fields.filter(
    ({ path }) =>
      (path.at(-1) === 'storage' && path.at(-2) === 'requests') || (path.at(-1) === 'size' && path.includes('storage')),
  );
}

function shrunk(change: ObjectChange): Observation[] {
  const what = `its volumes would shrink, which no storage class does: the ${change.kind} is refused`;
  return resized(change)
    .filter(({ before, after }) => (quantity(after) ?? 0) < (quantity(before) ?? 0))
    .map((field) => about(change, 'critical', what, 'keep the size, or move the data to a new, smaller store', field));
}

/** Operators take another class, and leave the volumes that there are where they are. */
function elsewhere(change: ObjectChange): Observation[] {
  const what = 'only volumes that are made from now on are of this class';
  return change.fields
    .filter(
      ({ path }) =>
        path[0] === 'spec' && path[1] === 'storage' && ['class', 'storageClass'].includes(path.at(-1) ?? ''),
    )
    .map((field) =>
      about(change, 'warning', what, 'replace its members one by one, as the operator’s manual says', field),
    );
}

/** Claims that the StatefulSet's controller now deletes by itself. */
function abandoned(change: ObjectChange): Observation[] {
  return change.fields
    .filter(({ path, after }) => path[1] === 'persistentVolumeClaimRetentionPolicy' && after === 'Delete')
    .map((field) =>
      about(
        change,
        'critical',
        field.path.at(-1) === 'whenDeleted'
          ? 'its volumes go with it'
          : 'volumes go with the pods that are scaled away',
        'keep Retain where the data is the only copy',
        field,
      ),
    );
}
