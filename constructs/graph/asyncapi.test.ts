import { contract, event, Graph, toAsyncApi } from '@groundwork/constructs';
import { valueAt } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';

const schema = Type.Object({ id: Type.String({ format: 'uuid' }), note: Type.String({ examples: ['hello'] }) });
const first = event('parcel.sent', 1, schema, { key: 'id' });
const second = event('parcel.sent', 2, schema, { key: 'id' });
const graph = new Graph([
  contract('post', { publishes: [first, second] }),
  contract('bell', { consumes: [second] }),
  contract('book', { consumes: [first, second] }),
]);
const document = toAsyncApi(graph, {
  title: 'Town',
  version: '1.0.0',
  topics: [
    {
      name: 'parcel.sent',
      partitions: 3,
      replicas: 1,
      settings: { 'cleanup.policy': 'delete', 'retention.ms': '3600000', 'max.message.bytes': '1024' },
    },
  ],
});

test('a channel is a topic, with its publisher, its consumers, its versions, and its retention', () => {
  expect(document.channels).toEqual({
    'parcel.sent': {
      address: 'parcel.sent',
      description: 'Published by post; consumed by bell, book.',
      messages: {
        'parcel.sent.v1': { $ref: '#/components/messages/parcel.sent.v1' },
        'parcel.sent.v2': { $ref: '#/components/messages/parcel.sent.v2' },
      },
      bindings: {
        kafka: expect.objectContaining({
          partitions: 3,
          topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': 3_600_000, 'max.message.bytes': 1024 },
        }),
      },
    },
  });
});

test('a message has its schema, its key and an example', () => {
  expect(document.components.messages['parcel.sent.v2']).toMatchObject({
    payload: schema,
    bindings: { kafka: { key: { description: '`id` of the payload' } } },
    examples: [{ payload: { note: 'hello' } }],
  });
});

test('each service that publishes or consumes has an operation, with the versions that it handles', () => {
  expect(Object.keys(document.operations)).toEqual([
    'bell.consumes.parcel.sent',
    'book.consumes.parcel.sent',
    'post.publishes.parcel.sent',
  ]);
  expect(document.operations['bell.consumes.parcel.sent']).toMatchObject({
    action: 'receive',
    messages: [{ $ref: '#/channels/parcel.sent/messages/parcel.sent.v2' }],
    bindings: { kafka: { groupId: { const: 'bell' } } },
  });
  expect(document.operations['post.publishes.parcel.sent']).toMatchObject({ action: 'send' });
});

test('without topics, the document does not say what an environment decides', () => {
  const { channels } = toAsyncApi(graph, { title: 'Town', version: '1.0.0' });
  expect(valueAt(channels, 'parcel.sent', 'bindings')).toBeUndefined();
});
