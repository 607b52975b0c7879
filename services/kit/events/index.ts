/**
 * Events between services: a bus, an outbox that publishes an event if and only if its transaction commits, and an inbox
 * that handles each event once. Migrations of both tables: `sql/`.
 */

export type { Delivery, EventBus, Message, SubscribeOptions, Subscription } from './bus.ts';
export { HEADERS, type Payload, type Received } from './envelope.ts';
export { type ConsumeOptions, consume, type EventHandlers } from './inbox/consume.ts';
export type { HandlingOptions } from './inbox/handling.ts';
export { createKafkaBus } from './kafka/bus.ts';
export type { KafkaOptions } from './kafka/options.ts';
export { createOutbox, type Outbox } from './outbox/outbox.ts';
export { type RelayOptions, startRelay } from './outbox/relay.ts';
export { type Position, type ProjectionHandlers, project } from './projection/project.ts';
export { type Replayed, replay } from './projection/replay.ts';
export { type EventConfig, eventVariables } from './variables.ts';
