import { type Duration, Mistake } from '@groundwork/contract';
import type { Graph } from '../graph/index.ts';
import { type Resources, resourceMistakes } from '../kubernetes/resources.ts';
import { Size } from '../kubernetes/units.ts';
import type { EventBus } from './bus.ts';
import type { TopicSettings } from './topics.ts';

const LEAST_STORAGE = Size.gibibytes(1);
const LEAST_MEMORY = Size.mebibytes(384);

/** @returns what is wrong with a bus: nothing, or a Mistake for each field */
export function busMistakes(where: string, bus: EventBus): Mistake[] {
  return [
    ...nodeMistakes(where, bus),
    ...memoryMistakes(`${where} › resources`, bus.resources),
    ...(bus.controllers === 0 ? [] : memoryMistakes(`${where} › controllerResources`, bus.controllerResources)),
    ...storageMistakes(`${where} › storage`, bus.storage),
    ...(bus.controllers === 0 ? [] : storageMistakes(`${where} › controllerStorage`, bus.controllerStorage)),
    ...copyMistakes(`${where} › topics`, bus),
    ...topicMistakes(`${where} › topics`, bus.topics),
    ...durationMistakes(`${where} › topics.deadLetterRetention`, bus.topics.deadLetterRetention),
    ...messageMistakes(`${where} › topics.maxMessage`, bus.topics.maxMessage),
    ...eventMistakes(where, bus.events, bus.platform.graph),
    ...(['produce', 'consume'] as const).flatMap((side) =>
      quotaMistakes(`${where} › quotas.${side}`, bus.quotas[side]),
    ),
  ];
}

function nodeMistakes(where: string, { brokers, controllers }: EventBus): Mistake[] {
  const found: Mistake[] = [];
  if (!whole(brokers, 1, 99))
    found.push(
      new Mistake(
        `${where} › brokers`,
        `${brokers} is no number of brokers from 1 to 99`,
        'write 1 for development, else 3',
      ),
    );
  if (controllers === 0) {
    if (brokers !== 1) {
      const what = `with 0 controllers the broker keeps the cluster's records itself, and there are ${brokers} of it`;
      found.push(new Mistake(`${where} › controllers`, what, 'leave controllers out for 3, or have one broker'));
    }
  } else if (!whole(controllers, 1, 9) || controllers % 2 === 0) {
    const what = `${controllers} is no odd number from 1 to 9: a majority decides, and of an even number no more may fail than of one less`;
    found.push(new Mistake(`${where} › controllers`, what, 'write 3, or 5 to lose two at once'));
  }
  return found;
}

function memoryMistakes(where: string, resources: Resources): Mistake[] {
  const found = resourceMistakes(where, resources);
  if (found.length > 0 || resources.memory.toKibibytes() >= LEAST_MEMORY.toKibibytes()) return found;
  const what = `${resources.memory.asString()} is less than ${LEAST_MEMORY.asString()}, of which a JVM that runs Kafka needs half for its heap`;
  return [
    new Mistake(
      `${where} › memory`,
      what,
      'write Size.mebibytes(512) for development, Size.gibibytes(2) or more otherwise',
    ),
  ];
}

function storageMistakes(where: string, storage: Size): Mistake[] {
  if (storage.toKibibytes() >= LEAST_STORAGE.toKibibytes()) return [];
  const what = `${storage.asString()} is less than 1Gi: a full volume stops a node, and each partition takes up to 256Mi before any of it is dropped`;
  return [new Mistake(where, what, 'write Size.gibibytes(10) or more')];
}

function copyMistakes(where: string, { brokers, topics: { replication, minInSyncReplicas } }: EventBus): Mistake[] {
  const found: Mistake[] = [];
  if (!whole(replication, 1, 9)) {
    found.push(
      new Mistake(`${where}.replication`, `${replication} is no number of copies from 1 to 9`, 'leave it out for 3'),
    );
  } else if (replication > brokers) {
    const what = `${replication} copies of each event are wanted, and there are ${brokers} brokers: each holds one copy at most`;
    found.push(new Mistake(`${where}.replication`, what, `write ${brokers} or less, or have ${replication} brokers`));
  }
  if (!whole(minInSyncReplicas, 1, 9)) {
    found.push(
      new Mistake(
        `${where}.minInSyncReplicas`,
        `${minInSyncReplicas} is no number of copies from 1 to 9`,
        'leave it out for one less than replication',
      ),
    );
  } else if (minInSyncReplicas > replication) {
    const what = `${minInSyncReplicas} copies must be in sync, and there are ${replication}: nothing could ever be published`;
    found.push(
      new Mistake(`${where}.minInSyncReplicas`, what, `write ${Math.max(1, replication - 1)}, so that one may be away`),
    );
  } else if (minInSyncReplicas === replication && replication > 1) {
    const what = `all ${replication} copies must be in sync: nothing can be published while one broker restarts`;
    found.push(new Mistake(`${where}.minInSyncReplicas`, what, `write ${replication - 1}`));
  }
  return found;
}

function topicMistakes(where: string, { partitions, retention }: TopicSettings): Mistake[] {
  const found: Mistake[] = [];
  if (partitions !== undefined && !whole(partitions, 1, 1000)) {
    const what = `${partitions} is no number of partitions from 1 to 1000`;
    found.push(
      new Mistake(
        `${where}.partitions`,
        what,
        'leave partitions out for 6, or set the largest number of consumers in one group',
      ),
    );
  }
  return retention === undefined ? found : [...found, ...durationMistakes(`${where}.retention`, retention)];
}

/** Below a minute the broker, which looks every five, keeps no promise; it also rolls segments by the hour at best. */
function durationMistakes(where: string, duration: Duration): Mistake[] {
  if (duration.toMilliseconds() >= 3_600_000) return [];
  const what = `${duration} is less than an hour: events would be gone before a consumer that restarts has read them`;
  return [new Mistake(where, what, 'write Duration.days(7): longer than any consumer is down')];
}

function messageMistakes(where: string, size: Size): Mistake[] {
  const kibibytes = size.toKibibytes();
  if (kibibytes >= 1 && kibibytes <= 16 * 1024) return [];
  return [
    new Mistake(
      where,
      `${size.asString()} is out of range 1Ki–16Mi`,
      'leave it out for 1Mi; put what is larger into a store, and its address into the event',
    ),
  ];
}

function eventMistakes(where: string, events: EventBus['events'], graph: Graph): Mistake[] {
  const known = graph.topics.map(({ event }) => event);
  return Object.entries(events).flatMap(([event, settings]) => [
    ...(known.includes(event)
      ? []
      : [
          new Mistake(
            `${where} › events`,
            `no contract publishes '${event}'`,
            `choose one of: ${known.join(', ') || '(none is published)'}`,
          ),
        ]),
    ...topicMistakes(`${where} › events['${event}']`, settings),
  ]);
}

function quotaMistakes(where: string, quota: Size | undefined): Mistake[] {
  if (quota === undefined || quota.toKibibytes() >= 1) return [];
  return [
    new Mistake(
      where,
      `${quota.asString()} in a second lets nothing through`,
      'write Size.mebibytes(10), or leave it out',
    ),
  ];
}

function whole(amount: number, least: number, most: number): boolean {
  return Number.isInteger(amount) && amount >= least && amount <= most;
}
