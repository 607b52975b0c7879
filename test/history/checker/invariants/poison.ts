import type { Invariant } from '../invariant.ts';

/** A message that cannot be handled stops nothing. */
export const poison: Invariant = {
  id: 'poison',
  promise: 'an unreadable message reaches the dead-letter topic, no other does, and the next ones are handled',
  check: ({ planted, messages, deadLetters, inbox }) => {
    const original = new Map(
      messages.map((message) => [`${message.topic}/${message.partition}/${message.offset}`, message]),
    );
    const dead = new Set(deadLetters.map(({ key }) => key));
    const bad = new Set(planted.filter((one) => one.poison).map(({ key }) => key));
    const handled = new Set(inbox);
    return {
      checked: planted.length,
      what: 'planted messages',
      violations: [
        ...[...bad].filter((key) => !dead.has(key)).map((about) => ({ about, problem: 'is in no dead-letter topic' })),
        ...planted
          .filter(
            ({ key, poison: wrong }) => !wrong && !handled.has(messages.find((one) => one.key === key)?.eventId ?? ''),
          )
          .map(({ key: about }) => ({ about, problem: 'event of a newer contract was not handled' })),
        ...deadLetters
          .filter(({ key }) => !bad.has(key))
          .map(({ key: about, topic, deadLetterFrom = '', deadLetterReason }) => ({
            about,
            problem: `is in ${topic} (${deadLetterReason}), and event ${original.get(deadLetterFrom)?.eventId} can be read`,
          })),
      ],
    };
  },
};
