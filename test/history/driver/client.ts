import { textAt } from '@groundwork/contract';
import { Agent, request as send } from 'undici';
import type { History, RequestEntry } from '../history.ts';

/** A customer who is logged in. */
export interface Customer {
  readonly id: string;
  readonly token: string;
}

/** A request of a customer. */
export interface CustomerRequest {
  readonly operation: RequestEntry['operation'];
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly key?: string;
  readonly body?: string;
  readonly orderId?: string;
  /** Milliseconds to wait for the answer. */
  readonly timeout: number;
}

/** Sends the requests of customers to the gateway, and records each with its answer. */
export class CustomerClient {
  readonly #history: History;
  readonly #gateways: () => readonly number[];
  // Idle connections close before a gateway that drains closes them, as those of an ingress controller do.
  readonly #agent = new Agent({ keepAliveTimeout: 400, keepAliveMaxTimeout: 400, connect: { timeout: 1000 } });
  #turn = 0;
  /** Recorded with each request. */
  public phase: RequestEntry['phase'] = 'calm';

  /** @param gateways ports of the gateways that are ready */
  public constructor(history: History, gateways: () => readonly number[]) {
    this.#history = history;
    this.#gateways = gateways;
  }

  /** Sends a request once; an absent answer is an entry without a status. */
  public async send(customer: Customer, request: CustomerRequest): Promise<RequestEntry> {
    const { operation, key, body, orderId } = request;
    const at = this.#history.now();
    const phase = this.phase;
    const answer = await this.raw(request, { authorization: `Bearer ${customer.token}` }).catch((error: unknown) => ({
      code: textAt(error, 'code') ?? textAt(error, 'name') ?? 'unknown',
    }));
    const entry: RequestEntry = {
      kind: 'request',
      at,
      until: this.#history.now(),
      operation,
      user: customer.id,
      phase,
      ...(key === undefined ? {} : { key }),
      ...(body === undefined ? {} : { body }),
      ...(orderId === undefined ? {} : { orderId }),
      ...('status' in answer ? outcomeOf(answer) : answer),
    };
    this.#history.add(entry);
    return entry;
  }

  /** Sends a request without recording it. @throws the network error if there is no answer */
  public async raw(
    { method, path, key, body, timeout }: Omit<CustomerRequest, 'operation'>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Record<string, unknown>; body: unknown }> {
    const ports = this.#gateways();
    this.#turn += 1;
    const response = await send(`http://127.0.0.1:${ports[this.#turn % ports.length] ?? 1}${path}`, {
      dispatcher: this.#agent,
      method,
      headers: {
        ...headers,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.body.text();
    return { status: response.statusCode, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  public async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function outcomeOf({ status, headers, body }: Awaited<ReturnType<CustomerClient['raw']>>): Partial<RequestEntry> {
  const problem = status >= 400 ? textAt(body, 'code') : undefined;
  const [id, orderStatus] = status < 400 ? [textAt(body, 'id'), textAt(body, 'status')] : [];
  return {
    status,
    ...(problem === undefined ? {} : { code: problem }),
    ...(id === undefined ? {} : { orderId: id }),
    ...(orderStatus === undefined ? {} : { orderStatus }),
    ...(headers['retry-after'] === undefined ? {} : { retryAfter: true }),
    ...(headers['idempotency-replayed'] === undefined ? {} : { replayed: true }),
  };
}
