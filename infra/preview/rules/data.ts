import type { Manifest } from '@groundwork/constructs';
import { quantity } from '../diff/index.ts';
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
  KafkaTopic: 'the topic goes with all events in it',
  Cluster: 'the database cluster goes with all its databases',
  Database: 'the database goes',
  CassandraDatacenter: 'the datacenter goes with its data',
  K8ssandraCluster: 'the cluster goes with its data',
};

/** Data that a change may lose. */
export const data: EnvironmentRule = {
  id: 'data',
  check: ({ changes }) => changes.flatMap((change) => (change.action === 'delete' ? deleted(change) : shrunk(change))),
};

function deleted({ id, kind, before, why }: ObjectChange): Observation[] {
  const claims = (before?.spec as { volumeClaimTemplates?: unknown[] } | undefined)?.volumeClaimTemplates ?? [];
  const what = kind === 'StatefulSet' && claims.length > 0 ? 'what it serves stops; its volumes stay behind without an owner' : STORES[kind];
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

function shrunk({ id, after, fields, why }: ObjectChange): Observation[] {
  return fields
    .filter(({ path }) => path.at(-1) === 'storage' && path.at(-2) === 'requests')
    .filter(({ before, after: value }) => (quantity(value) ?? 0) < (quantity(before) ?? 0))
    .map(({ before, after: value }) => ({
      severity: 'danger',
      subject: id,
      what: `its volumes would shrink, which no storage class does: the ${(after as Manifest).kind} is refused`,
      field: 'storage',
      before,
      after: value,
      advice: 'keep the size, or move the data to a new, smaller store',
      cause: why,
    }));
}
