import type { Event } from '@groundwork/contract';
import type { Static } from 'typebox';
import { randomHex } from '../trace/random.ts';
import { type Trace, traceparent } from '../trace/traceparent.ts';

/** Headers of every event: enough to identify it without parsing its payload. */
export const HEADERS = {
  id: 'event-id',
  version: 'event-version',
  occurredAt: 'occurred-at',
  trace: 'traceparent',
} as const;

/** Payload type of an event. */
export type Payload<E extends Event> = E extends Event ? Static<E['schema']> : never;

/** A received event; for a union of events, discriminated by name and version. */
export type Received<E extends Event = Event> = E extends Event
  ? {
      /** The same in every delivery of the event. */
      readonly id: string;
      readonly name: E['name'];
      readonly version: number;
      readonly key: string;
      readonly occurredAt: Date;
      /** Validated. Fields that a newer publisher has added are kept. */
      readonly payload: Payload<E>;
      /** Continues the trace of the request that led to the event. */
      readonly trace: Trace;
    }
  : never;

/** Headers of a new event. */
export function newHeaders(event: Event, trace: Trace, now = new Date()): Record<string, string> {
  return {
    [HEADERS.id]: uuidV7(now.getTime()),
    [HEADERS.version]: `${event.version}`,
    [HEADERS.occurredAt]: now.toISOString(),
    [HEADERS.trace]: traceparent(trace),
    'content-type': 'application/json',
  };
}

/** A UUID that starts with the time, so that consecutive ids are close together in an index. @see RFC 9562, version 7 */
export function uuidV7(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  const random = randomHex(10);
  const variant = ((Number.parseInt(random.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
