import type { CancelReason } from '@groundwork/contracts/order-events';
import type { Static } from 'typebox';

/** Why an order is canceled. */
export type Reason = Static<typeof CancelReason>;

/** State of a saga. Each but the final ones has one command, which is repeated until it is answered. */
export type State = 'reserving' | 'capturing' | 'confirming' | 'refunding' | 'releasing' | Final;

/** Final state of a saga; its order has the same. */
export type Final = 'confirmed' | 'canceled' | 'payment-reversed';

/** What a saga asks of another service. Each command acts once per order, however often it is sent. */
export type Command = 'reserve' | 'capture' | 'confirm' | 'refund' | 'release';

/** What an answer leads to. */
export interface Transition {
  readonly to: State;
  /** Why the order will be canceled. @default unchanged */
  readonly reason?: Reason;
}

/** One state: its command, and what follows from each answer. */
export interface Step {
  readonly command: Command;
  /** Service that answers the command. */
  readonly service: 'inventory' | 'payments';
  /** By status of the answered reservation or payment. Any other status is no decision: the command is sent again. */
  readonly on: Readonly<Record<string, Transition>>;
  /** What the customer's cancellation leads to. @default it is too late to cancel, or canceled already */
  readonly cancel?: Transition;
}

const byCustomer = 'canceled-by-customer';

/** The state machine: stock is reserved, the payment captured, the reservation confirmed; else what was done is undone. */
export const STEPS: Readonly<Record<Exclude<State, Final>, Step>> = {
  reserving: {
    command: 'reserve',
    service: 'inventory',
    on: {
      held: { to: 'capturing' },
      rejected: { to: 'canceled', reason: 'out-of-stock' },
      expired: { to: 'canceled', reason: 'reservation-expired' },
    },
    // A request to reserve may be under way; releasing makes it void.
    cancel: { to: 'releasing', reason: byCustomer },
  },
  capturing: {
    command: 'capture',
    service: 'payments',
    on: {
      captured: { to: 'confirming' },
      declined: { to: 'releasing', reason: 'payment-declined' },
      failed: { to: 'releasing', reason: 'payment-failed' },
      // The provider charged after it had declined, so payments refunds by itself.
      refunding: { to: 'releasing', reason: 'payment-declined' },
      refunded: { to: 'releasing', reason: 'payment-declined' },
    },
    // The charge may be under way; a refund waits for it, or makes it void.
    cancel: { to: 'refunding', reason: byCustomer },
  },
  confirming: {
    command: 'confirm',
    service: 'inventory',
    on: {
      confirmed: { to: 'confirmed' },
      expired: { to: 'refunding', reason: 'reservation-expired' },
    },
  },
  refunding: {
    command: 'refund',
    service: 'payments',
    on: {
      refunded: { to: 'releasing' },
      canceled: { to: 'releasing' },
      declined: { to: 'releasing' },
      failed: { to: 'releasing' },
    },
  },
  releasing: {
    command: 'release',
    service: 'inventory',
    on: {
      released: { to: 'canceled' },
      expired: { to: 'canceled' },
      rejected: { to: 'canceled' },
      // The charge was taken back while the reservation was being confirmed.
      confirmed: { to: 'payment-reversed' },
    },
  },
};

/**
 * What follows if the payment provider takes the charge back: the order is canceled, unless its products are taken from
 * stock already. In the other states the charge is not needed any more, or is asked for again.
 */
export const ON_REVERSAL: Readonly<Partial<Record<State, Transition>>> = {
  capturing: { to: 'releasing', reason: 'payment-failed' },
  confirming: { to: 'releasing', reason: 'payment-failed' },
  confirmed: { to: 'payment-reversed' },
};

/** First state of a saga. */
export const FIRST: State = 'reserving';

/** The step of a state; undefined for a final one. */
export function stepOf(state: State): Step | undefined {
  return (STEPS as Readonly<Record<string, Step>>)[state];
}
