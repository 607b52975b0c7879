import type { EventBus, Message } from '../../../services/kit/events/index.ts';
import type { Random } from '../random.ts';
import type { Planted } from './evidence.ts';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Puts garbage into the topics that notifications consumes, and one event as a newer publisher would send it. */
export async function plantPoison(bus: EventBus, random: Random): Promise<readonly Planted[]> {
  const key = () => `planted-${random.uuid()}`;
  const id = () => ({ 'event-id': random.uuid(), 'event-version': '1' });
  const userId = random.uuid();
  const message = (topic: string, value: Buffer, headers: Record<string, string>): Message => ({
    topic,
    key: key(),
    value,
    headers,
  });
  const poison = [
    message('order.confirmed', Buffer.from([0xff, 0x00, 0x13]), {}),
    message('order.confirmed', Buffer.from('{"orderId": '), id()),
    message('order.canceled', json({ orderId: 'none' }), id()),
    message('order.canceled', json({}), { ...id(), 'event-version': '99' }),
    message('user.registered', json({ userId }), id()),
  ];
  const newer = message(
    'user.registered',
    json({ userId, email: 'newer@example.org', name: 'Ada', addedLater: true }),
    id(),
  );
  await bus.publish([...poison, newer]);
  return [...poison.map((one) => ({ key: one.key, poison: true })), { key: newer.key, poison: false }];
}
