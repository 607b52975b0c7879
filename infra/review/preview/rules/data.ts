import { valueAt } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { groupKindOf } from '../../../../constructs/system/index.ts';
import { pathText, quantity } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Kinds that hold data, and what a deletion removes. */
const STORES: Readonly<Record<string, string>> = {
  Namespace: 'the namespace is deleted with everything in it, including volumes',
  PersistentVolumeClaim: 'the volume may be deleted with its claim',
  PersistentVolume: 'the volume is deleted',
  Kafka: 'the cluster is deleted with all its topics',
  KafkaNodePool: 'its brokers are deleted with their data',
  Cluster: 'the database cluster is deleted with all its databases',
  Database: 'the database is deleted',
  CassandraDatacenter: 'the datacenter is deleted with its data',
  K8ssandraCluster: 'the cluster is deleted with its data',
};

/** Kinds whose definition takes all objects of the kind with it. */
const DEFINITION = 'CustomResourceDefinition.apiextensions.k8s.io';

/** Data that a change may lose. */
export const data: EnvironmentRule = {
  id: 'data',
  check: ({ changes }) =>
    changes.flatMap((change) =>
      change.action === 'delete'
        ? deleted(change)
        : [...shrunk(change), ...elsewhere(change), ...abandoned(change), ...renamed(change), ...fewer(change)],
    ),
};

function deleted(change: ObjectChange): Observation[] {
  const { kind, before } = change;
  const claims = isKind(before, 'StatefulSet') ? (before.spec?.volumeClaimTemplates ?? []) : [];
  const defined =
    before !== undefined && groupKindOf(before) === DEFINITION && valueAt(before, 'spec', 'names', 'kind');
  const what =
    typeof defined === 'string'
      ? `every ${defined} in the cluster is deleted with its definition`
      : claims.length > 0
        ? 'its pods stop; its volumes stay without an owner'
        : STORES[kind];
  const advice = 'if it was renamed, add the old name as an alias and migrate the data; otherwise take a backup first';
  return what === undefined ? [] : [about(change, 'critical', what, advice)];
}

/** Sizes of volumes that change in place. A StatefulSet's claims are immutable, which `replacements` reports. */
export function resized({ kind, fields }: ObjectChange): ObjectChange['fields'] {
  if (kind === 'StatefulSet') return [];
  return fields.filter(
    ({ path }) =>
      (path.at(-1) === 'storage' && path.at(-2) === 'requests') || (path.at(-1) === 'size' && path.includes('storage')),
  );
}

function shrunk(change: ObjectChange): Observation[] {
  const what = `its volumes would shrink, which no storage class supports: the ${change.kind} is rejected`;
  return resized(change)
    .filter(({ before, after }) => (quantity(after) ?? 0n) < (quantity(before) ?? 0n))
    .map((field) =>
      about(change, 'critical', what, 'keep the size, or migrate the data to a new, smaller store', field),
    );
}

/** Operators accept another class, and leave existing volumes as they are. */
function elsewhere(change: ObjectChange): Observation[] {
  const what = 'only new volumes use this class';
  return change.fields
    .filter(
      ({ path }) =>
        path[0] === 'spec' && path[1] === 'storage' && ['class', 'storageClass'].includes(path.at(-1) ?? ''),
    )
    .map((field) =>
      about(
        change,
        'warning',
        what,
        'replace its members one by one, as described in the operator’s documentation',
        field,
      ),
    );
}

/** The operator makes a database of the new name, and leaves the one of the old name as it is. */
function renamed(change: ObjectChange): Observation[] {
  if (change.kind !== 'Database') return [];
  const what = 'it becomes a new, empty database: the data stays in the one of the old name';
  return change.fields
    .filter(({ path }) => ['spec.name', 'spec.cluster.name'].includes(pathText(path)))
    .map((field) => about(change, 'critical', what, 'keep the name, or migrate the data first', field));
}

/** Members of a Kafka cluster that are removed, with the replicas or the vote that they have. */
function fewer(change: ObjectChange): Observation[] {
  const { after } = change;
  if (!isKind(after, 'KafkaNodePool')) return [];
  const isBroker = after.spec?.roles?.includes('broker') ?? true;
  const what = isBroker
    ? 'brokers are removed: replicas that are still on them are lost'
    : 'voters are removed: the cluster survives fewer failures, and stops without a majority';
  const advice = isBroker ? 'reassign their partitions first' : 'keep an odd number of at least 3';
  return change.fields
    .filter(({ path, before, after }) => pathText(path) === 'spec.replicas' && Number(after) < Number(before))
    .map((field) => about(change, 'critical', what, advice, field));
}

/** Claims that the StatefulSet controller now deletes. */
function abandoned(change: ObjectChange): Observation[] {
  return change.fields
    .filter(({ path, after }) => path[1] === 'persistentVolumeClaimRetentionPolicy' && after === 'Delete')
    .map((field) =>
      about(
        change,
        'critical',
        field.path.at(-1) === 'whenDeleted'
          ? 'its volumes are deleted with it'
          : 'volumes are deleted with the pods that a scale-down removes',
        'keep Retain where the data is the only copy',
        field,
      ),
    );
}
