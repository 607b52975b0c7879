import { Readable } from 'node:stream';
import { type Contract, Duration, textAt } from '@groundwork/contract';
import { orders } from '@groundwork/contracts/orders';
import {
  CallRefused,
  type Client,
  type Context,
  catalog,
  Deadline,
  type ErrorCode,
  type Metrics,
  Problem,
  pathOf,
  type Server,
  withinDeadline,
} from '@groundwork/kit';
import { OpenStreams } from './open-streams.ts';
import { type OrderState, orderEvents, orderState } from './order-events.ts';

const OPERATION = orders.http.getOrder;

/** Timeout of one poll. */
const TIMEOUT = Duration.seconds(5);

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Ingress controllers based on NGINX would hold events back.
  'x-accel-buffering': 'no',
  // A shutdown closes idle connections before it ends the streams, whose connections would stay.
  connection: 'close',
};

/**
 * Adds `GET /orders/:id/events`: the states of an order of the user as server-sent events. It reads `orders.getOrder` with
 * the user's token again and again, so the same users see the same orders; errors before the first event are
 * problem+json. A client that knows the final state already gets 204, which ends the reconnects of an `EventSource`.
 */
export function streamOrders(app: Server, client: Client<Contract>, metrics: Metrics): void {
  const streams = new OpenStreams();
  metrics.gauge('gateway_order_streams_open', 'Open streams of orders', () => streams.size);
  app.addHook('preClose', (done) => {
    streams.drain();
    done();
  });
  app.route<{ Params: { id: string } }>({
    method: 'GET',
    url: `${OPERATION.path}/events`,
    // The same authentication and rate limit as for the operation.
    config: { operation: OPERATION },
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const context = request.context as Context;
      const controller = streams.open(request.identity.key);
      reply.raw.once('close', () => streams.close(controller));
      const read = (during: Context) =>
        withinDeadline(
          during.deadline,
          readOrder(client, request.params.id, request.headers.authorization ?? '', during),
        );
      const poll = async () => {
        const deadline = Deadline.of(TIMEOUT);
        const cancel = () => deadline.cancel();
        controller.signal.addEventListener('abort', cancel, { once: true });
        try {
          return await read({ ...context, deadline });
        } finally {
          controller.signal.removeEventListener('abort', cancel);
          deadline.clear();
        }
      };
      const first = await read(context);
      const sent = request.headers['last-event-id'];
      const lastEventId = typeof sent === 'string' ? sent : undefined;
      if (first.final && first.id === lastEventId) return reply.code(204).send();
      request.streamedAfter = reply.elapsedTime;
      const events = orderEvents(first, lastEventId, poll, controller.signal);
      return reply.headers(HEADERS).send(Readable.from(events, { objectMode: false }));
    },
  });
}

/** @throws Problem that orders answered with, such as `not-found` for the order of another customer */
async function readOrder(
  client: Client<Contract>,
  id: string,
  authorization: string,
  context: Context,
): Promise<OrderState> {
  const { statusCode, body } = await client.upstream(OPERATION).request({
    operation: OPERATION,
    path: pathOf(OPERATION.path, { id }),
    headers: { accept: 'application/json', authorization },
    context,
  });
  const text = await body.text();
  if (statusCode === 200) return orderState(text);
  const code = codeOf(text);
  // 403 would be about the gateway: orders answers 404 for orders of others.
  if (code === undefined || code === 'forbidden') throw new CallRefused(OPERATION, statusCode, code);
  throw new Problem(code);
}

function codeOf(body: string): ErrorCode | undefined {
  try {
    const code = textAt(JSON.parse(body), 'code');
    return code !== undefined && code in catalog ? (code as ErrorCode) : undefined;
  } catch {
    return undefined;
  }
}
