import { type Topic, topicsOf } from '../bus.ts';
import type { Detail, Observation, Severity } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Topics that go, or that keep their events in another way. How long they keep them is told by `retention`. */
export const topics: EnvironmentRule = {
  id: 'topics',
  check({ before, after }) {
    const kept = topicsOf(after);
    return [...topicsOf(before).values()].flatMap((topic) => changed(topic, kept.get(topic.name)));
  },
};

function changed(before: Topic, after: Topic | undefined): Observation[] {
  const say = (severity: Severity, what: string, advice: string, values: Detail & { field?: string } = {}) => [
    { severity, subject: `topic ${before.name}`, what, ...values, advice, cause: `event '${before.name}'` },
  ];
  if (after === undefined)
    return say(
      'critical',
      'nobody writes or reads it any more, and events that were not read yet are lost',
      'drain it first: stop its publisher, wait until its consumers have no lag',
    );
  const partitions = { field: 'partitions', before: before.partitions, after: after.partitions };
  const fewer = 'partitions can’t be taken away: Kafka refuses it';
  const more = 'keys move to other partitions: events of one key from before and after may be read out of order';
  const copies = { field: 'replicas', before: before.replicas, after: after.replicas };
  const moved = 'its copies are not moved by this alone: the brokers have to reassign them';
  const sync = { field: SYNC, before: before.settings[SYNC], after: after.settings[SYNC] };
  const risky = 'an event counts as written with fewer copies: the loss of a broker may lose it';
  return [
    ...(after.partitions < before.partitions
      ? say('critical', fewer, 'keep the number, or move to a new topic', partitions)
      : []),
    ...(after.partitions > before.partitions
      ? say('warning', more, 'let consumers read all there is first', partitions)
      : []),
    ...(after.replicas !== before.replicas ? say('warning', moved, 'see docs/kafka.md', copies) : []),
    ...(Number(sync.after ?? 1) < Number(sync.before ?? 1)
      ? say('warning', risky, 'keep one copy less than there are', sync)
      : []),
  ];
}

const SYNC = 'min.insync.replicas';
