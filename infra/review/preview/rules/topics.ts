import { type Topic, topicsOf } from '../bus.ts';
import type { Detail, Observation, Severity } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Topics that are deleted, or that store events differently. `retention` reports how long they keep them. */
export const topics: EnvironmentRule = {
  id: 'topics',
  check({ before, after }) {
    const kept = topicsOf(after);
    return [...topicsOf(before).values()].flatMap((topic) => changed(topic, kept.get(topic.name)));
  },
};

function changed(before: Topic, after: Topic | undefined): Observation[] {
  const report = (severity: Severity, what: string, advice: string, values: Detail & { field?: string } = {}) => [
    { severity, subject: `topic ${before.name}`, what, ...values, advice, cause: `event '${before.name}'` },
  ];
  if (after === undefined)
    return report(
      'critical',
      'the topic is no longer used, and events that are not consumed yet are lost',
      'drain it first: stop its publisher and wait until its consumers have no lag',
    );
  const partitions = { field: 'partitions', before: before.partitions, after: after.partitions };
  const fewer = 'partitions can’t be removed: Kafka rejects it';
  const more = 'keys move to other partitions: events with the same key may be consumed out of order';
  const copies = { field: 'replicas', before: before.replicas, after: after.replicas };
  const moved = 'its replicas don’t change by this alone: reassign its partitions';
  const sync = { field: SYNC, before: before.settings[SYNC], after: after.settings[SYNC] };
  const risky = 'a write is acknowledged by fewer replicas: the loss of a broker may lose events';
  return [
    ...((after.partitions ?? 0) < (before.partitions ?? 0)
      ? report('critical', fewer, 'keep the number, or migrate to a new topic', partitions)
      : []),
    ...((after.partitions ?? 0) > (before.partitions ?? 0)
      ? report('warning', more, 'wait until consumers have no lag', partitions)
      : []),
    ...(after.replicas !== before.replicas
      ? report('warning', moved, 'reassign its partitions as described in docs/kafka.md', copies)
      : []),
    ...(Number(sync.after ?? 1) < Number(sync.before ?? 1)
      ? report('warning', risky, 'keep it at one below the number of replicas', sync)
      : []),
  ];
}

const SYNC = 'min.insync.replicas';
