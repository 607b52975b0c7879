import { setTimeout as delay } from 'node:timers/promises';
import type { History } from '../history.ts';
import { TOPICS } from '../stack/backing.ts';
import type { Stack } from '../stack/stack.ts';
import { readDatabases } from './databases.ts';
import type { Evidence, Planted } from './evidence.ts';
import { readTopics } from './topics.ts';

/** What only the run itself knows. */
export interface Known extends Pick<Evidence, 'planted' | 'calls'> {
  readonly history: History;
  /** What there was of each product. */
  readonly initialStock: ReadonlyMap<string, number>;
}

/**
 * Reads all that the run left behind; first waits until the consumers have handled what the topics have, and what
 * followed from it is done.
 * @param limit how long to wait, in milliseconds
 */
export async function collect(stack: Stack, known: Known, limit: number): Promise<Evidence> {
  const { postgres, kafka } = stack;
  const admin = kafka.env('admin');
  const source = { brokers: admin.KAFKA_BROKERS ?? '', identity: admin.IDENTITY_DIR ?? '' };
  const end = performance.now() + limit;
  for (;;) {
    const all = await readTopics(source, TOPICS);
    const databases = await readDatabases(postgres);
    const isDead = ({ topic }: { readonly topic: string }) => topic.endsWith('.dlt');
    const [messages, deadLetters] = [all.filter((one) => !isDead(one)), all.filter(isDead)];
    const evidence: Evidence = {
      ...databases,
      ...known,
      history: known.history.entries,
      messages,
      deadLetters,
      stock: databases.stock.map((row) => ({ ...row, initial: known.initialStock.get(row.productId) ?? 0 })),
    };
    if (caughtUp(evidence) || performance.now() > end) return evidence;
    await delay(500);
  }
}

function caughtUp({ messages, outbox, orders, inbox, deadLetters, planted, notifications }: Evidence): boolean {
  const handled = new Set(inbox);
  const sent = new Set(messages.map(({ eventId }) => eventId));
  const dead = new Set(deadLetters.map(({ key }) => key));
  const bad = new Set(planted.filter(isPoison).map(({ key }) => key));
  return (
    messages.every(({ topic, eventId, key }) => topic === 'order.placed' || handled.has(eventId) || bad.has(key)) &&
    outbox.every(({ published, eventId }) => published && sent.has(eventId)) &&
    orders.every(({ status, state }) => status === state) &&
    [...bad].every((key) => dead.has(key)) &&
    notifications.every((one) => one.sent)
  );
}

function isPoison({ poison }: Planted): boolean {
  return poison;
}
