import { type Topic, topicsOf } from '../bus.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Topics that go, or that keep their events in another way. How long they keep them is told by `retention`. */
export const topics: EnvironmentRule = {
  id: 'topics',
  check({ before, after }) {
    const young = topicsOf(after);
    return [...topicsOf(before).values()].flatMap((old) => changed(old, young.get(old.name)));
  },
};

function changed(old: Topic, young: Topic | undefined): Observation[] {
  const say = (
    severity: Observation['severity'],
    what: string,
    advice: string,
    values: Partial<Observation> = {},
  ): Observation => ({
    severity,
    subject: `topic ${old.name}`,
    what,
    ...values,
    advice,
    cause: `event '${old.name}'`,
  });
  if (young === undefined) {
    return [
      say(
        'danger',
        'nobody writes or reads it any more, and events that were not read yet are lost',
        'drain it first: stop its publisher, wait until its consumers have no lag',
      ),
    ];
  }
  const found: Observation[] = [];
  const [parts, copies] = [
    { field: 'partitions', before: old.partitions, after: young.partitions },
    { field: 'replicas', before: old.replicas, after: young.replicas },
  ];
  if (parts.after < parts.before)
    found.push(
      say(
        'danger',
        'partitions can’t be taken away: Kafka refuses it',
        'keep the number, or move to a new topic',
        parts,
      ),
    );
  if (parts.after > parts.before) {
    found.push(
      say(
        'caution',
        'keys move to other partitions: events of one key from before and after may be read out of order',
        'let consumers read all there is first',
        parts,
      ),
    );
  }
  if (copies.after !== copies.before)
    found.push(
      say(
        'caution',
        'its copies are not moved by this alone: the brokers have to reassign them',
        'see docs/kafka.md',
        copies,
      ),
    );
  const name = 'min.insync.replicas';
  const sync = { field: name, before: old.settings[name], after: young.settings[name] };
  if (Number(sync.after ?? 1) < Number(sync.before ?? 1)) {
    found.push(
      say(
        'caution',
        'an event counts as written with fewer copies: the loss of a broker may lose it',
        'keep one copy less than there are',
        sync,
      ),
    );
  }
  return found;
}
