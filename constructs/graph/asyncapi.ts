import { type Contract, type Event, exampleOf } from '@groundwork/contract';
import type { DesiredTopic } from '@groundwork/contract/desired-state';
import type { Graph, Topic } from './graph.ts';

/** What the contracts do not say about the document. */
export interface AsyncApiOptions {
  /** Name of the system. */
  readonly title: string;
  /** Version of its events. */
  readonly version: string;
  /** Topics of an environment, for partitions, replicas and retention: see `Kafka.topics`. @default none of these are in the document */
  readonly topics?: readonly DesiredTopic[];
}

/** An AsyncAPI 3.0 document. */
export interface AsyncApiDocument {
  /** Version of AsyncAPI. */
  readonly asyncapi: '3.0.0';
  /** Title, version and description. */
  readonly info: Readonly<Record<'title' | 'version' | 'description', string>>;
  /** Media type of the messages. */
  readonly defaultContentType: 'application/json';
  /** A channel for each topic, by its name. */
  readonly channels: Readonly<Record<string, object>>;
  /** What services publish and consume, such as `orders.publishes.order.placed`. */
  readonly operations: Readonly<Record<string, object>>;
  /** A message for each version of an event, such as `order.placed.v1`. */
  readonly components: { readonly messages: Readonly<Record<string, object>> };
}

/** Version of AsyncAPI's Kafka bindings. @see https://github.com/asyncapi/bindings/tree/master/kafka */
const BINDING = { bindingVersion: '0.5.0' };

/** Headers of every event, as the kit writes them. */
const HEADERS = {
  type: 'object',
  required: ['event-id', 'event-version', 'occurred-at', 'traceparent', 'content-type'],
  properties: {
    'event-id': { type: 'string', format: 'uuid', description: 'The same when the event is published again.' },
    'event-version': { type: 'string', pattern: '^[1-9]\\d*$', description: 'Version of the schema.' },
    'occurred-at': { type: 'string', format: 'date-time', description: 'When the transaction wrote it.' },
    traceparent: { type: 'string', description: 'Trace of the request that caused it (W3C Trace Context).' },
    'content-type': { type: 'string', const: 'application/json' },
  },
};

/**
 * The AsyncAPI 3.0 document of all events: a channel for each topic, a message for each version of its event with an
 * example, and an operation for each service that publishes or consumes it. Deterministic.
 */
export function toAsyncApi(graph: Graph, { title, version, topics = [] }: AsyncApiOptions): AsyncApiDocument {
  const published = graph.contracts.flatMap(({ publishes }) => publishes);
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description:
        'Events in Kafka. Delivery is at least once, and in order for each key. What a consumer cannot handle goes to its dead-letter topic, `<event>.<consumer>.dlt`.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      graph.topics.map((topic) => [
        topic.event,
        channel(
          topic,
          topics.find(({ name }) => name === topic.event),
        ),
      ]),
    ),
    operations: Object.fromEntries(graph.contracts.flatMap(operationsOf)),
    components: { messages: Object.fromEntries(published.map((event) => [messageId(event), message(event)])) },
  };
}

/** Id of a version of an event, such as `order.placed.v1`. */
function messageId({ name, version }: Pick<Event, 'name' | 'version'>): string {
  return `${name}.v${version}`;
}

function channel({ event, versions, publisher, consumers }: Topic, desired: DesiredTopic | undefined) {
  const ids = versions.map((version) => messageId({ name: event, version }));
  return {
    address: event,
    description: `Published by ${publisher}; consumed by ${consumers.join(', ') || 'no service'}.`,
    messages: Object.fromEntries(ids.map((id) => [id, { $ref: `#/components/messages/${id}` }])),
    ...(desired === undefined ? {} : { bindings: { kafka: topicBinding(desired) } }),
  };
}

function topicBinding({ name, partitions, replicas, settings }: DesiredTopic) {
  const numbers = ['retention.ms', 'max.message.bytes'].map((key) => [key, Number(settings[key])]);
  const topicConfiguration = { 'cleanup.policy': [settings['cleanup.policy']], ...Object.fromEntries(numbers) };
  return { topic: name, partitions, replicas, topicConfiguration, ...BINDING };
}

function message({ name, version, schema, key }: Event) {
  const payload = exampleOf(schema);
  return {
    name,
    title: `${name}, version ${version}`,
    headers: HEADERS,
    payload: schema,
    bindings: { kafka: { key: { type: 'string', description: `\`${key}\` of the payload` }, ...BINDING } },
    ...(payload === undefined ? {} : { examples: [{ name, payload }] }),
  };
}

function operationsOf({ name: service, publishes, consumes }: Contract) {
  const operations = (action: 'send' | 'receive', verb: string, events: readonly Event[], bindings: object) =>
    [...Map.groupBy(events, ({ name }) => name)].map(([event, versions]) => [
      `${service}.${verb}.${event}`,
      {
        action,
        title: `${service} ${verb} ${event}`,
        channel: { $ref: `#/channels/${event}` },
        messages: versions.map((one) => ({ $ref: `#/channels/${event}/messages/${messageId(one)}` })),
        ...bindings,
      },
    ]);
  const group = { bindings: { kafka: { groupId: { type: 'string', const: service }, ...BINDING } } };
  return [...operations('send', 'publishes', publishes, {}), ...operations('receive', 'consumes', consumes, group)];
}
