import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Duration } from '@groundwork/constructs';

/** Time for an order to be decided; a service whose breaker is open needs some seconds. */
const TIMEOUT = Duration.seconds(60);

/** Fields of the answers that the demo reads. */
export interface Body {
  readonly id: string;
  readonly status: string;
  readonly waitingFor?: string;
  readonly reason?: string;
  readonly code: string;
  readonly name: string;
  readonly total: { readonly amount: number; readonly currency: string };
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly rebuilding: boolean;
  readonly asOf: readonly { readonly event: string; readonly partition: number; readonly offset: string }[];
  readonly errors: readonly { readonly at: string; readonly message: string }[];
  readonly items: readonly (Body & { readonly available: number; readonly products: number })[];
}

/** An answer of the shop. */
export interface Answer {
  readonly status: number;
  readonly body: Body;
  readonly requestId: string;
  /** Whether it is the stored answer to an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

/** A customer of the shop, who talks to its gateway. */
export class Customer {
  readonly name: string;
  readonly credentials = { email: `demo-${randomUUID()}@shop.invalid`, password: randomUUID() };
  readonly #gatewayUrl: string;
  #authorization: Record<string, string> = {};

  public constructor(name: string, gatewayUrl: string) {
    this.name = name;
    this.#gatewayUrl = gatewayUrl;
  }

  /** Sends a request; while the shop is busy or starting, it is repeated. @throws Error for no answer, or 503 for a minute */
  public async send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    for (const end = performance.now() + TIMEOUT.toMilliseconds(); ; await delay(250)) {
      const reply = await fetch(new URL(path, this.#gatewayUrl), {
        method,
        headers: {
          ...this.#authorization,
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await reply.text();
      if (reply.status === 503) {
        if (performance.now() < end) continue;
        throw new Error(`${method} ${path} answered ${reply.status}: ${text.slice(0, 300)}`);
      }
      return {
        status: reply.status,
        body: JSON.parse(text === '' ? '{}' : text) as Body,
        requestId: reply.headers.get('x-request-id') ?? '',
        replayed: reply.headers.get('idempotency-replayed') === 'true',
      };
    }
  }

  /** Logs in; later requests are those of this customer. */
  public async logIn(): Promise<Answer> {
    const answer = await this.send('POST', '/sessions', this.credentials);
    this.#authorization = { authorization: `Bearer ${answer.body.accessToken}` };
    return answer;
  }

  /** Places an order for one product. @param key the same one places no second order */
  public order(
    productId: string,
    quantity: number,
    paymentMethod: string,
    key: string = randomUUID(),
  ): Promise<Answer> {
    const body = { lines: [{ productId, quantity }], paymentMethod };
    return this.send('POST', '/orders', body, { 'idempotency-key': key });
  }

  /**
   * Follows an order by its server-sent events.
   * @param onState is called with each state
   * @param until the last state to wait for @default one that no longer changes
   * @throws Error if it is not reached in time
   */
  public async follow(
    id: string,
    onState: (order: Body) => void,
    until = ({ status }: Body) => status !== 'placed',
  ): Promise<Body> {
    let lastEventId = '';
    for (const end = performance.now() + TIMEOUT.toMilliseconds(); performance.now() < end; await delay(250)) {
      const reply = await fetch(new URL(`/orders/${id}/events`, this.#gatewayUrl), {
        headers: { ...this.#authorization, ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }) },
        signal: AbortSignal.timeout(TIMEOUT.toMilliseconds()),
      });
      for await (const event of eventsOf(reply)) {
        lastEventId = event.id;
        onState(event.order);
        if (until(event.order)) return event.order;
      }
    }
    throw new Error(`order ${id} was not decided within ${TIMEOUT.toSeconds()} s`);
  }
}

/** Events of a stream; none for an error, after which the caller connects again. */
async function* eventsOf(reply: Response): AsyncGenerator<{ readonly id: string; readonly order: Body }> {
  if (!reply.ok || reply.body === null) return;
  let text = '';
  for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, id = '', data = ''] = /^id: (.*)\nevent: order\ndata: (.*)$/.exec(block) ?? [];
      if (data !== '') yield { id, order: JSON.parse(data) as Body };
    }
  }
}
