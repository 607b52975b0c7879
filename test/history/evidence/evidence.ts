import type { Entry } from '../history.ts';

/** An order, with the state of its saga. */
export interface OrderRow {
  readonly id: string;
  readonly customerId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly paymentMethod: string;
  /** Number of its last event. */
  readonly sequence: number;
  readonly total: number;
  readonly state: string;
}

/** A message of a topic. */
export interface TopicMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds, by the clock of the producer. */
  readonly timestamp: number;
  readonly key: string;
  /** Header `event-id`; empty if it has none. */
  readonly eventId: string;
  /** Field `sequence` of the payload; undefined if it has none. */
  readonly sequence?: number;
  /** `<topic>/<partition>/<offset>` of the original, in a dead-letter topic. */
  readonly deadLetterFrom?: string;
  readonly deadLetterReason?: string;
}

/** An event in the outbox of a service, which keeps it for a day. */
export interface OutboxRow {
  readonly service: string;
  readonly topic: string;
  readonly key: string;
  readonly eventId: string;
  readonly published: boolean;
}

/** A payment. */
export interface PaymentRow {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
}

/** An entry of the ledger with its transaction. */
export interface LedgerEntry {
  readonly paymentId: string;
  readonly kind: string;
  readonly account: string;
  readonly amount: number;
  readonly currency: string;
}

/** An operation that the simulated payment provider received. */
export interface Operation {
  /** `<order id>-capture` or `<order id>-refund`. */
  readonly key: string;
  readonly method: string;
  readonly amount: number;
  /** How often it was sent. */
  readonly received: number;
}

/** Stock of a product. */
export interface StockRow {
  readonly productId: string;
  readonly initial: number;
  readonly available: number;
}

/** One line of a reservation. */
export interface ReservationLine {
  readonly id: string;
  readonly status: string;
  readonly productId: string;
  readonly quantity: number;
}

/** A message to a customer. */
export interface Notification {
  readonly id: string;
  readonly kind: string;
  readonly userId: string;
  readonly orderId: string | null;
  readonly sent: boolean;
}

/** Last figures of one process about one callee. */
export interface CallFigures {
  readonly instance: string;
  readonly generation: number;
  readonly callee: string;
  readonly requests: number;
  readonly retries: number;
}

/** A message that the check itself put into a topic. */
export interface Planted {
  /** Key of the message: no event has it. */
  readonly key: string;
  /** Whether the consumer must move it to its dead-letter topic; otherwise it must handle it. */
  readonly poison: boolean;
}

/** All that a run left behind: what the checker reads. */
export interface Evidence {
  readonly history: readonly Entry[];
  readonly orders: readonly OrderRow[];
  /** Ids of all accounts. */
  readonly accounts: readonly string[];
  /** Events that were committed, published or not. */
  readonly outbox: readonly OutboxRow[];
  readonly messages: readonly TopicMessage[];
  readonly deadLetters: readonly TopicMessage[];
  readonly planted: readonly Planted[];
  /** Ids of the events that notifications or orders has handled. */
  readonly inbox: readonly string[];
  readonly payments: readonly PaymentRow[];
  readonly ledger: readonly LedgerEntry[];
  readonly operations: readonly Operation[];
  readonly stock: readonly StockRow[];
  readonly reservations: readonly ReservationLine[];
  readonly notifications: readonly Notification[];
  readonly calls: readonly CallFigures[];
}
