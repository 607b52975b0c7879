import { deadLetterTopic, replayGroup } from '@groundwork/contract';
import type { DesiredRight, DesiredTopic, KafkaDesiredState } from '@groundwork/contract/desired-state';
import type { Platform } from '../platform/index.ts';
import type { EventBus } from './bus.ts';

/** Consumer group of a service, which is its name. */
export function groupOf(service: string): string {
  return service;
}

/**
 * Topics and ACLs of all contracts. A publisher may write its topics; a consumer may read its topics with its group, and
 * write to its dead-letter topics.
 */
export function desiredStateOf(bus: EventBus): Omit<KafkaDesiredState, 'brokers'> {
  const { platform, quotas } = bus;
  const topics = platform.graph.topics.flatMap(({ event, consumers }) => [
    eventTopic(bus, event),
    ...consumers.map((consumer) => deadLetters(bus, deadLetterTopic(event, consumer))),
  ]);
  return {
    topics: topics.sort((one, other) => (one.name < other.name ? -1 : 1)),
    rights: rightsOf(platform),
    quotas: {
      ...(quotas.produce === undefined ? {} : { produce: quotas.produce.toKibibytes() * 1024 }),
      ...(quotas.consume === undefined ? {} : { consume: quotas.consume.toKibibytes() * 1024 }),
    },
  };
}

function rightsOf({ graph, namespace }: Platform): DesiredRight[] {
  const user = (service: string) => `${service}.${namespace}`; // the common name of the identity
  const readers = new Set(graph.topics.flatMap(({ consumers }) => consumers));
  return [
    ...graph.topics.flatMap(({ event, publisher, consumers }) => [
      ...onTopic(user(publisher), event, ['write', 'describe']),
      ...consumers.flatMap((consumer) => [
        ...onTopic(user(consumer), event, ['read', 'describe']),
        ...onTopic(user(consumer), deadLetterTopic(event, consumer), ['write', 'describe']),
      ]),
    ]),
    ...[...readers]
      .sort()
      .flatMap((consumer) =>
        [groupOf(consumer), replayGroup(groupOf(consumer))].map(
          (name) => ({ user: user(consumer), on: 'group', name, operation: 'read' }) as const,
        ),
      ),
  ];
}

function onTopic(user: string, name: string, operations: readonly DesiredRight['operation'][]): DesiredRight[] {
  return operations.map((operation) => ({ user, on: 'topic', name, operation }));
}

function eventTopic({ topics, events }: EventBus, event: string): DesiredTopic {
  const { partitions, retention, compact } = { ...topics, ...events[event] };
  const milliseconds = `${retention.toMilliseconds()}`;
  // A compacted topic keeps the last event of each key, so there must be no time limit.
  const kept = compact
    ? { 'cleanup.policy': 'compact', 'retention.ms': '-1', 'min.compaction.lag.ms': milliseconds }
    : { 'cleanup.policy': 'delete', 'retention.ms': milliseconds, 'min.compaction.lag.ms': '0' };
  return { name: event, partitions, replicas: topics.replication, settings: { ...kept, ...common(topics) } };
}

function deadLetters({ topics }: EventBus, name: string): DesiredTopic {
  const settings = {
    'cleanup.policy': 'delete',
    'retention.ms': `${topics.deadLetterRetention.toMilliseconds()}`,
    ...common(topics),
  };
  return { name, partitions: 1, replicas: topics.replication, settings };
}

function common({ minInSyncReplicas, maxMessage }: EventBus['topics']): Record<string, string> {
  return { 'min.insync.replicas': `${minInSyncReplicas}`, 'max.message.bytes': `${maxMessage.toKibibytes() * 1024}` };
}
