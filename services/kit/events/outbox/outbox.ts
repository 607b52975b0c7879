import type { Contract, Event } from '@groundwork/contract';
import { sql, type Transaction } from 'kysely';
import { Compile } from 'typebox/compile';
import { joinTrace, type Trace } from '../../trace/traceparent.ts';
import { HEADERS, newHeaders, type Payload } from '../envelope.ts';

/** Where a service leaves the events of its contract. */
export interface Outbox<C extends Contract> {
  /**
   * Publishes an event if the transaction commits, and only then. Two transactions that emit for one key take turns, the
   * second waiting until the first has ended: that is what keeps the order, so emit last and commit soon.
   * @param trace of the request that led to it. @default a trace of its own
   * @returns the event's id
   * @throws Error when the payload does not fit its schema, or the contract does not publish the event
   */
  emit<T, E extends C['publishes'][number]>(
    transaction: Transaction<T>,
    event: E,
    payload: Payload<E>,
    trace?: Trace,
  ): Promise<string>;
}

/** The outbox of a service, in the table `outbox` of its own database (`sql/outbox.sql`). */
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
        throw new Error(`the payload of ${event.name} does not fit its contract: ${faults.join(', ')}`);
      const key = String((payload as Record<string, unknown>)[event.key]);
      const headers = newHeaders(event, trace);
      // Ids are given as rows are written, not as they are committed; the lock makes both orders one for each key.
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`outbox ${event.name} ${key}`}, 0))`.execute(
        transaction,
      );
      await sql`INSERT INTO outbox (topic, key, headers, payload)
        VALUES (${event.name}, ${key}, ${JSON.stringify(headers)}, ${JSON.stringify(payload)})`.execute(transaction);
      return headers[HEADERS.id] as string;
    },
  };
}
