import { ConfigurationError, type Duration } from '@groundwork/contract';
import type { Graph } from '../graph/index.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import type { EventBus } from './bus.ts';
import type { TopicSettings } from './topics.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.mebibytes(384);

/** @returns what is wrong with a bus: nothing, or a ConfigurationError for each field */
export function validateBus(where: string, bus: EventBus): ConfigurationError[] {
  return [
    ...validateNode(where, bus),
    ...validateMemory(`${where} › resources`, bus.resources),
    ...(bus.controllers === 0 ? [] : validateMemory(`${where} › controllerResources`, bus.controllerResources)),
    ...validateStorage(`${where} › storage`, bus.storage),
    ...(bus.controllers === 0 ? [] : validateStorage(`${where} › controllerStorage`, bus.controllerStorage)),
    ...validateCopy(`${where} › topics`, bus),
    ...validateTopic(`${where} › topics`, bus.topics),
    ...validateDuration(`${where} › topics.deadLetterRetention`, bus.topics.deadLetterRetention),
    ...validateMessage(`${where} › topics.maxMessage`, bus.topics.maxMessage),
    ...validateEvent(where, bus.events, bus.platform.graph),
    ...(['produce', 'consume'] as const).flatMap((side) =>
      validateQuota(`${where} › quotas.${side}`, bus.quotas[side]),
    ),
  ];
}

function validateNode(where: string, { brokers, controllers }: EventBus): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (!whole(brokers, 1, 99))
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where} › brokers`,
        problem: `${brokers} is no number of brokers from 1 to 99`,
        fix: 'write 1 for development, else 3',
      }),
    );
  if (controllers === 0) {
    if (brokers !== 1) {
      const what = `with 0 controllers the broker keeps the cluster's records itself, and there are ${brokers} of it`;
      found.push(
        new ConfigurationError({
          code: 'kafka-invalid',
          where: `${where} › controllers`,
          problem: what,
          fix: 'leave controllers out for 3, or have one broker',
        }),
      );
    }
  } else if (!whole(controllers, 1, 9) || controllers % 2 === 0) {
    const what = `${controllers} is no odd number from 1 to 9: a majority decides, and of an even number no more may fail than of one less`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where} › controllers`,
        problem: what,
        fix: 'write 3, or 5 to lose two at once',
      }),
    );
  }
  return found;
}

function validateMemory(where: string, resources: Resources): ConfigurationError[] {
  const found = validateResource(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  const what = `${resources.memory.asString()} is less than ${LEAST_MEMORY.asString()}, of which a JVM that runs Kafka needs half for its heap`;
  return [
    new ConfigurationError({
      code: 'kafka-invalid',
      where: `${where} › memory`,
      problem: what,
      fix: 'write Size.mebibytes(512) for development, Size.gibibytes(2) or more otherwise',
    }),
  ];
}

function validateStorage(where: string, storage: Size): ConfigurationError[] {
  if (storage.toKibibytes() >= LEAST_STORAGE.toKibibytes()) return [];
  const what = `${storage.asString()} is less than 1Gi: a full volume stops a node, and each partition takes up to 256Mi before any of it is dropped`;
  return [
    new ConfigurationError({ code: 'kafka-invalid', where, problem: what, fix: 'write Size.gibibytes(10) or more' }),
  ];
}

function validateCopy(
  where: string,
  { brokers, topics: { replication, minInSyncReplicas } }: EventBus,
): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (!whole(replication, 1, 9)) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where}.replication`,
        problem: `${replication} is no number of copies from 1 to 9`,
        fix: 'leave it out for 3',
      }),
    );
  } else if (replication > brokers) {
    const what = `${replication} copies of each event are wanted, and there are ${brokers} brokers: each holds one copy at most`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.replication`,
        problem: what,
        fix: `write ${brokers} or less, or have ${replication} brokers`,
      }),
    );
  }
  if (!whole(minInSyncReplicas, 1, 9)) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where}.minInSyncReplicas`,
        problem: `${minInSyncReplicas} is no number of copies from 1 to 9`,
        fix: 'leave it out for one less than replication',
      }),
    );
  } else if (minInSyncReplicas > replication) {
    const what = `${minInSyncReplicas} copies must be in sync, and there are ${replication}: nothing could ever be published`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.minInSyncReplicas`,
        problem: what,
        fix: `write ${Math.max(1, replication - 1)}, so that one may be away`,
      }),
    );
  } else if (minInSyncReplicas === replication && replication > 1) {
    const what = `all ${replication} copies must be in sync: nothing can be published while one broker restarts`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.minInSyncReplicas`,
        problem: what,
        fix: `write ${replication - 1}`,
      }),
    );
  }
  return found;
}

function validateTopic(where: string, { partitions, retention }: TopicSettings): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  if (partitions !== undefined && !whole(partitions, 1, 1000)) {
    const what = `${partitions} is no number of partitions from 1 to 1000`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.partitions`,
        problem: what,
        fix: 'leave partitions out for 6, or set the largest number of consumers in one group',
      }),
    );
  }
  return retention === undefined ? found : [...found, ...validateDuration(`${where}.retention`, retention)];
}

/** Below a minute the broker, which looks every five, keeps no promise; it also rolls segments by the hour at best. */
function validateDuration(where: string, duration: Duration): ConfigurationError[] {
  if (duration.toMilliseconds() >= 3_600_000) return [];
  const what = `${duration} is less than an hour: events would be gone before a consumer that restarts has read them`;
  return [
    new ConfigurationError({
      code: 'kafka-invalid',
      where,
      problem: what,
      fix: 'write Duration.days(7): longer than any consumer is down',
    }),
  ];
}

function validateMessage(where: string, size: Size): ConfigurationError[] {
  const kibibytes = size.toKibibytes();
  if (kibibytes >= 1 && kibibytes <= 16 * 1024) return [];
  return [
    new ConfigurationError({
      code: 'value-out-of-range',
      where,
      problem: `${size.asString()} is out of range 1Ki–16Mi`,
      fix: 'leave it out for 1Mi; put what is larger into a store, and its address into the event',
    }),
  ];
}

function validateEvent(where: string, events: EventBus['events'], graph: Graph): ConfigurationError[] {
  const known = graph.topics.map(({ event }) => event);
  return Object.entries(events).flatMap(([event, settings]) => [
    ...(known.includes(event)
      ? []
      : [
          new ConfigurationError({
            code: 'event-unpublished',
            where: `${where} › events`,
            problem: `no contract publishes '${event}'`,
            fix: `choose one of: ${known.join(', ') || '(none is published)'}`,
          }),
        ]),
    ...validateTopic(`${where} › events['${event}']`, settings),
  ]);
}

function validateQuota(where: string, quota: Size | undefined): ConfigurationError[] {
  if (quota === undefined || quota.toKibibytes() >= 1) return [];
  return [
    new ConfigurationError({
      code: 'value-out-of-range',
      where,
      problem: `${quota.asString()} in a second lets nothing through`,
      fix: 'write Size.mebibytes(10), or leave it out',
    }),
  ];
}

function whole(amount: number, least: number, most: number): boolean {
  return Number.isInteger(amount) && amount >= least && amount <= most;
}
