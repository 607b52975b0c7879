import type { Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { withoutNode } from './nodes.ts';
import type { LiveManifest } from './state.ts';

const node = (labels: Readonly<Record<string, string>>): LiveManifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels },
});
const nodes = [node({ zone: 'a', 'kubernetes.io/os': 'linux' }), node({ zone: 'b', gpus: '2' })];
const deployment = (spec: object): Manifest =>
  ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { template: { spec } } }) as never;
const affinity = (...nodeSelectorTerms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const where = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const found = (spec: object, from = nodes): string[] =>
  withoutNode('live', from, [{ chart: 'c', path: 'p', why: 'w', manifest: deployment(spec) }], () => 'd').map(
    ({ what }) => what.split(':')[0] ?? '',
  );

test.each<[string, object]>([
  ['pods that ask for nothing', {}],
  ['a selector that a node matches', { nodeSelector: { zone: 'b' } }],
  ['an affinity of which one term matches', affinity(where('zone', 'In', 'c'), where('gpus', 'Gt', '1'))],
  ['the absence of a label', affinity(where('gpus', 'DoesNotExist'))],
  ['a preference, which is no requirement', { affinity: { nodeAffinity: {} } }],
])('a node is found for %s', (_, spec) => expect(found(spec)).toEqual([]));

test.each<[string, object, string]>([
  ['a label that no node has', { nodeSelector: { zone: 'c' } }, 'node selector'],
  ['labels that no one node has', { nodeSelector: { zone: 'a', gpus: '2' } }, 'node selector'],
  ['an affinity', affinity(where('zone', 'NotIn', 'a', 'b')), 'node affinity'],
  [
    'a selector and an affinity of other nodes',
    { nodeSelector: { zone: 'a' }, ...affinity(where('gpus', 'Exists')) },
    'node affinity',
  ],
])('no node is found for %s', (_, spec, by) =>
  expect(found(spec)).toEqual([`no node of the cluster matches its ${by}`]),
);

test('nothing is said where nodes may not be listed', () =>
  expect(found({ nodeSelector: { zone: 'c' } }, [])).toEqual([]));
