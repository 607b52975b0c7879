import { groupBy, type Invariant } from '../invariant.ts';

/** Outbox = topic = inbox. */
export const published: Invariant = {
  id: 'published',
  promise: 'every committed event is published, nothing else is, and its consumer has handled it',
  check: ({ outbox, messages, inbox, planted, orders, accounts }) => {
    const byId = groupBy(messages, ({ eventId }) => eventId);
    const committed = new Set(outbox.map(({ eventId }) => eventId));
    const strange = new Set(planted.map(({ key }) => key));
    const handled = new Set(inbox);
    const consumed = outbox.filter(({ topic }) => topic !== 'order.placed');
    const counts = groupBy(
      outbox.filter(({ service }) => service !== 'payments'),
      ({ key }) => key,
    );
    return {
      checked: outbox.length,
      what: 'events',
      violations: [
        ...outbox
          .filter(({ published: done }) => !done)
          .map(({ key, topic }) => ({ about: key, problem: `${topic} waits in the outbox` })),
        ...outbox
          .filter(({ eventId, published: done }) => done && !byId.has(eventId))
          .map(({ key, topic, eventId }) => ({
            about: key,
            problem: `${topic} ${eventId} is committed, and not in the topic`,
          })),
        ...messages
          .filter(({ eventId, key }) => !committed.has(eventId) && !strange.has(key))
          .map(({ key, topic, eventId }) => ({
            about: key,
            problem: `${topic} ${eventId} is in the topic, and was never committed`,
          })),
        ...consumed
          .filter(({ eventId }) => byId.has(eventId) && !handled.has(eventId))
          .map(({ key, topic, eventId }) => ({
            about: key,
            problem: `${topic} ${eventId} is not in the inbox of its consumer`,
          })),
        ...orders
          .filter(({ id, sequence }) => (counts.get(id)?.length ?? 0) !== sequence)
          .map(({ id: about, sequence }) => ({
            about,
            problem: `has ${sequence} events by its row, and ${counts.get(about)?.length ?? 0} in the outbox`,
          })),
        ...accounts
          .filter((id) => counts.get(id)?.length !== 1)
          .map((about) => ({ about, problem: `account has ${counts.get(about)?.length ?? 0} events, not 1` })),
      ],
    };
  },
};
