import type { Contract } from '@groundwork/contract';
import type { Background } from '../../background/background.ts';
import type { Logger } from '../../log/logger.ts';
import type { Delivery } from '../bus.ts';
import type { Received } from '../envelope.ts';
import { type HandlingOptions, subscribeTo } from '../inbox/handling.ts';

/** Position of an event in its topic. */
export type Position = Pick<Delivery, 'topic' | 'partition' | 'offset'>;

/**
 * Handlers of the events in a contract's `consumes`, by name, for a store without transactions. A handler may get an event
 * more than once, and events of different topics in any order: its changes must be the same nevertheless.
 */
export type ProjectionHandlers<C extends Contract> = {
  readonly [N in C['consumes'][number]['name']]: (
    event: Received<Extract<C['consumes'][number], { readonly name: N }>>,
    position: Position,
    log: Logger,
  ) => Promise<void>;
};

/** A handler of any event. */
export type AnyHandler = (event: Received, position: Position, log: Logger) => Promise<void>;

/**
 * Applies each event in the contract's `consumes` at least once. Unreadable events, and those whose handler fails in every
 * attempt, are moved to the consumer's dead-letter topic. While the store or Kafka is unavailable, events wait.
 */
export function project<C extends Contract>(
  contract: C,
  handlers: ProjectionHandlers<C>,
  options: HandlingOptions,
): Background {
  const byName = handlers as unknown as Readonly<Record<string, AnyHandler>>;
  return subscribeTo(
    contract,
    async (event, delivery, log) => {
      await (byName[event.name] as AnyHandler)(event, delivery, log);
      return true;
    },
    options,
  );
}
