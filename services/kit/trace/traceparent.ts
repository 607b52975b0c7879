import { randomHex } from './random.ts';

/** Position of a request in a distributed trace (W3C Trace Context, level 1). */
export interface Trace {
  /** 32 hex digits, the same in every service that the request reaches. */
  readonly traceId: string;
  /** 16 hex digits of this service's own span. */
  readonly spanId: string;
  /** Whether the trace is recorded, as its first service decided. */
  readonly sampled: boolean;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Joins the trace of a `traceparent` header with a new span, or starts a new trace if the header is missing or invalid. */
export function joinTrace(traceparent: string | undefined): Trace {
  const [, traceId, parent = '', flags = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const spanId = randomHex(8);
  // All zeros is the standard's "invalid".
  if (traceId === undefined || /^0+$/.test(traceId) || /^0+$/.test(parent)) {
    return { traceId: randomHex(16), spanId, sampled: true };
  }
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` header for a call made within the span. */
export function traceparent({ traceId, spanId, sampled }: Trace): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
