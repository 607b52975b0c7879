import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration, textAt } from '@groundwork/contract';
import { Problem } from '@groundwork/kit';

/** Pause between two polls: short after a change, then longer and longer. */
const PAUSE = { shortest: Duration.millis(250), longest: Duration.seconds(5), growth: 1.5 };

/** How long a stream lasts at most; its client then connects again. Shorter than the life of an access token. */
const LIFE = Duration.minutes(5);

/** How long a client waits before it connects again. */
const RETRY = Duration.seconds(2);

/** Status of an order that no longer changes. */
const FINAL: readonly (string | undefined)[] = ['confirmed', 'canceled', 'payment-reversed'];

/** An order as text of the event stream, and whether it still changes. */
export interface OrderState {
  /** The same for the same state: the client sends the last one as `Last-Event-ID`. */
  readonly id: string;
  readonly final: boolean;
  readonly event: string;
}

/** Reads the body of a reply with an order. @throws Problem `upstream-failed` if it is no JSON */
export function orderState(body: string): OrderState {
  const order = parse(body);
  const data = JSON.stringify(order); // on one line, as the format requires
  const id = createHash('sha256').update(data).digest('base64url').slice(0, 22);
  return { id, final: FINAL.includes(textAt(order, 'status')), event: `id: ${id}\nevent: order\ndata: ${data}\n\n` };
}

/**
 * The event stream of an order: an event for each state that a poll sees, and otherwise a comment, so that no
 * intermediary closes the connection as idle. It ends after a final state, after five minutes, when `signal` aborts, or
 * when the order can no longer be read, such as with an expired token.
 * @param lastEventId the state that the client knows already
 * @param poll reads the state again
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* orderEvents(
  first: OrderState,
  lastEventId: string | undefined,
  poll: () => Promise<OrderState>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const end = performance.now() + LIFE.toMilliseconds();
  let [state, known, pause] = [first, lastEventId, PAUSE.shortest.toMilliseconds()];
  yield `retry: ${RETRY.toMilliseconds()}\n\n`;
  for (;;) {
    if (state.id === known) {
      yield ': no change\n\n';
      pause = Math.min(pause * PAUSE.growth, PAUSE.longest.toMilliseconds());
    } else {
      yield state.event;
      known = state.id;
      pause = PAUSE.shortest.toMilliseconds();
    }
    if (state.final || performance.now() + pause > end) return;
    try {
      await delay(pause, undefined, { signal, ref: false });
      state = await poll();
    } catch (error) {
      // The service may be back at the next poll; anything else is answered when the client connects again.
      if (signal.aborted || !(error instanceof Problem && error.status >= 500)) return;
    }
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Problem('upstream-failed', undefined, { cause: error });
  }
}
