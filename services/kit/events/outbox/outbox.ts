import { type Contract, type Event, valueAt } from '@groundwork/contract';
import { sql, type Transaction } from 'kysely';
import { Compile } from 'typebox/compile';
import { joinTrace, type Trace } from '../../trace/traceparent.ts';
import { HEADERS, newHeaders, type Payload } from '../envelope.ts';

/** Transactional outbox for the events that a contract publishes. */
export interface Outbox<C extends Contract> {
  /**
   * Publishes an event if and only if the transaction commits. Transactions that emit for the same key are serialized to
   * keep the order, so emit last and commit soon.
   * @param trace of the request that caused the event; default: a new trace
   * @returns the event's id
   * @throws Error if the payload does not match its schema, or the contract does not publish the event
   */
  emit<T, E extends C['publishes'][number]>(
    transaction: Transaction<T>,
    event: E,
    payload: Payload<E>,
    trace?: Trace,
  ): Promise<string>;
}

/** Creates the outbox of a service, in table `outbox` of its database (`sql/outbox.sql`). */
export function createOutbox<C extends Contract>(contract: C): Outbox<C> {
  const checks = new Map(contract.publishes.map((event) => [event as Event, Compile(event.schema)]));
  return {
    emit: async (transaction, event, payload, trace = joinTrace(undefined)) => {
      const check = checks.get(event);
      if (check === undefined)
        throw new Error(`contract '${contract.name}' does not publish ${event.name} version ${event.version}`);
      const faults = check.Check(payload)
        ? []
        : check.Errors(payload).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
      if (faults.length > 0)
        throw new Error(`the payload of ${event.name} does not match its contract: ${faults.join(', ')}`);
      const key = String(valueAt(payload, event.key));
      const headers = newHeaders(event, trace);
      // Ids are assigned on insert, not on commit; the lock makes both orders the same for each key.
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`outbox ${event.name} ${key}`}, 0))`.execute(
        transaction,
      );
      await sql`INSERT INTO outbox (topic, key, headers, payload)
        VALUES (${event.name}, ${key}, ${JSON.stringify(headers)}, ${JSON.stringify(payload)})`.execute(transaction);
      return headers[HEADERS.id] as string;
    },
  };
}
