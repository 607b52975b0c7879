import { appendFileSync } from 'node:fs';

/** A request of a customer and its answer. Times are milliseconds since the run began. */
export interface RequestEntry {
  readonly kind: 'request';
  readonly at: number;
  readonly until: number;
  readonly operation: 'placeOrder' | 'cancelOrder' | 'getOrder' | 'listOrders';
  /** Id of the customer. */
  readonly user: string;
  /** During what: requests during a rolling restart must not fail. */
  readonly phase: 'faults' | 'rolling' | 'calm';
  /** Idempotency key. */
  readonly key?: string;
  /** Body as sent. */
  readonly body?: string;
  /** Order that the request or its answer names. */
  readonly orderId?: string;
  /** HTTP status; undefined without an answer. */
  readonly status?: number;
  /** Code of a problem, or why there is no answer. */
  readonly code?: string;
  /** Whether the answer had Retry-After. */
  readonly retryAfter?: boolean;
  /** Whether the service replayed a stored response. */
  readonly replayed?: boolean;
  /** Status of the order in the answer. */
  readonly orderStatus?: string;
}

/** A fault, from its beginning to its end. */
export interface FaultEntry {
  readonly kind: 'fault';
  readonly at: number;
  readonly until: number;
  /** What was done, such as `kill`. */
  readonly fault: string;
  /** To what, such as `orders-1`. */
  readonly target: string;
}

/** A saga that reached a state, when its transaction committed. */
export interface SagaEntry {
  readonly kind: 'saga';
  readonly at: number;
  readonly orderId: string;
  readonly state: string;
}

/** A process that ended by itself. */
export interface CrashEntry {
  readonly kind: 'crash';
  readonly at: number;
  readonly instance: string;
  /** Exit code or signal. */
  readonly exit: string;
}

/** One line of a history. */
export type Entry = RequestEntry | FaultEntry | SagaEntry | CrashEntry;

/** Keeps the entries of a run, and writes each as a line of JSON. */
export class History {
  readonly #file: string;
  readonly #started = performance.now();
  readonly entries: Entry[] = [];

  /** @param file JSON lines; created, or appended to */
  public constructor(file: string) {
    this.#file = file;
  }

  /** Milliseconds since the run began. */
  public now(): number {
    return Math.round(performance.now() - this.#started);
  }

  public add(entry: Entry): void {
    this.entries.push(entry);
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }
}
