import type { OrderRow, TopicMessage } from '../../evidence/evidence.ts';
import { groupBy, type Invariant, type Violation } from '../invariant.ts';

/** The events of an order can be applied in the order in which they are found. */
export const ordered: Invariant = {
  id: 'ordered',
  promise: 'events of one order have the sequence 1, 2, … without a gap, and are published in it',
  check: ({ orders, messages }) => {
    const byOrder = groupBy(
      messages.filter(({ topic }) => topic.startsWith('order.')),
      ({ key }) => key,
    );
    const violations = orders.flatMap((order) => violationsOf(order, byOrder.get(order.id) ?? []));
    return { checked: orders.length, what: 'orders', violations };
  },
};

function violationsOf({ id: about, sequence }: OrderRow, messages: readonly TopicMessage[]): Violation[] {
  // A relay that fails publishes a batch again: what counts is the first time of each event.
  const first = new Map<number, TopicMessage>();
  for (const message of messages) {
    const known = first.get(message.sequence ?? 0);
    if (known === undefined || message.timestamp < known.timestamp) first.set(message.sequence ?? 0, message);
  }
  const found = [...first.keys()].sort((a, b) => a - b);
  const wanted = Array.from({ length: sequence }, (_, index) => index + 1);
  if (found.join() !== wanted.join())
    return [{ about, problem: `its topics have the sequences ${found.join(', ') || 'none'}, not 1 to ${sequence}` }];
  const late = wanted.filter((n) => n > 1 && (first.get(n)?.timestamp ?? 0) < (first.get(n - 1)?.timestamp ?? 0));
  const partitions = groupBy(messages, ({ topic, partition }) => `${topic}/${partition}`);
  const mixed = [...partitions].filter(([, of]) => !ascends([...first.values()].filter((one) => of.includes(one))));
  return [
    ...late.map((n) => ({ about, problem: `event ${n} was published before event ${n - 1}` })),
    ...mixed.map(([partition]) => ({ about, problem: `its events are out of sequence in ${partition}` })),
  ];
}

function ascends(messages: readonly TopicMessage[]): boolean {
  const inOrder = messages.toSorted((a, b) => a.offset - b.offset).map(({ sequence }) => sequence ?? 0);
  return inOrder.every((sequence, index) => index === 0 || sequence > (inOrder[index - 1] as number));
}
