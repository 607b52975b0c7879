import { ConfigurationError, type Duration } from '@groundwork/contract';
import type { Graph } from '../graph/index.ts';
import { type Resources, validateResource } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import { errorIf, validateInteger } from '../kubernetes/validate.ts';
import type { EventBus } from './bus.ts';
import type { TopicSettings } from './topics.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.mebibytes(384);

/** @returns one ConfigurationError for each invalid field */
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
  found.push(...validateInteger(`${where} › brokers`, brokers, [1, 99], 'write 1 for development, otherwise 3'));
  if (controllers === 0) {
    if (brokers !== 1) {
      const what = `controllers: 0 requires a single broker, got ${brokers} brokers`;
      found.push(
        new ConfigurationError({
          code: 'kafka-invalid',
          where: `${where} › controllers`,
          problem: what,
          fix: 'omit controllers for 3, or use one broker',
        }),
      );
    }
  } else if (!whole(controllers, 1, 9) || controllers % 2 === 0) {
    const what = `controllers must be an odd number from 1 to 9, got ${controllers}: an even number tolerates no more failures than one less`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where} › controllers`,
        problem: what,
        fix: 'write 3, or 5 to tolerate two failures',
      }),
    );
  }
  return found;
}

function validateMemory(where: string, resources: Resources): ConfigurationError[] {
  const found = validateResource(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  const what = `memory must be at least ${LEAST_MEMORY.asString()}, since half of it is the heap, got ${resources.memory.asString()}`;
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
  return errorIf(storage.toKibibytes() < LEAST_STORAGE.toKibibytes(), {
    code: 'kafka-invalid',
    where,
    problem: `storage must be at least 1Gi, got ${storage.asString()}: a full volume stops a node, and a partition grows to 256Mi before Kafka deletes a segment`,
    fix: 'write Size.gibibytes(10) or more',
  });
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
        problem: `replication must be an integer from 1 to 9, got ${replication}`,
        fix: 'omit it for 3',
      }),
    );
  } else if (replication > brokers) {
    const what = `replication must be at most the number of brokers (${brokers}), got ${replication}`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.replication`,
        problem: what,
        fix: `write ${brokers} or less, or use ${replication} brokers`,
      }),
    );
  }
  if (!whole(minInSyncReplicas, 1, 9)) {
    found.push(
      new ConfigurationError({
        code: 'value-out-of-range',
        where: `${where}.minInSyncReplicas`,
        problem: `minInSyncReplicas must be an integer from 1 to 9, got ${minInSyncReplicas}`,
        fix: 'omit it for one less than replication',
      }),
    );
  } else if (minInSyncReplicas > replication) {
    const what = `minInSyncReplicas must be an integer from 1 to replication (${replication}), got ${minInSyncReplicas}: no event could be published`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.minInSyncReplicas`,
        problem: what,
        fix: `write ${Math.max(1, replication - 1)}, so that one may be unavailable`,
      }),
    );
  } else if (minInSyncReplicas === replication && replication > 1) {
    const what = `minInSyncReplicas must be less than replication (${replication}): no event can be published while one broker restarts`;
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
    const what = `partitions must be an integer from 1 to 1000, got ${partitions}`;
    found.push(
      new ConfigurationError({
        code: 'kafka-invalid',
        where: `${where}.partitions`,
        problem: what,
        fix: 'omit partitions for 6, or write the maximum number of consumers in one group',
      }),
    );
  }
  return retention === undefined ? found : [...found, ...validateDuration(`${where}.retention`, retention)];
}

/** The broker checks retention only every five minutes, and rolls segments at most hourly. */
function validateDuration(where: string, duration: Duration): ConfigurationError[] {
  return errorIf(duration.toMilliseconds() < 3_600_000, {
    code: 'kafka-invalid',
    where,
    problem: `the retention must be at least one hour, got ${duration}: events would be deleted before a restarted consumer reads them`,
    fix: 'write Duration.days(7), longer than any outage of a consumer',
  });
}

function validateMessage(where: string, size: Size): ConfigurationError[] {
  const kibibytes = size.toKibibytes();
  if (kibibytes >= 1 && kibibytes <= 16 * 1024) return [];
  return [
    new ConfigurationError({
      code: 'value-out-of-range',
      where,
      problem: `maxMessage must be from 1Ki to 16Mi, got ${size.asString()}`,
      fix: 'omit it for 1Mi; store larger payloads elsewhere, and publish their address',
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
            fix: `use one of: ${known.join(', ') || '(no event is published)'}`,
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
      problem: `the quota must be greater than 0 bytes per second, got ${quota.asString()}`,
      fix: 'write Size.mebibytes(10), or omit it',
    }),
  ];
}

function whole(amount: number, least: number, most: number): boolean {
  return Number.isInteger(amount) && amount >= least && amount <= most;
}
