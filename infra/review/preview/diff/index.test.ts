import { fc, test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import { decimal, diff, pathText, quantity } from './index.ts';

const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec } } });
const pod = (...containers: object[]) => deployment({ containers });
const of = (apiVersion: string, kind: string, spec: object) => ({ apiVersion, kind, spec });
const paths = (before: unknown, after: unknown): string[] => diff(before, after).map(({ path }) => pathText(path));
const allow = (...ingress: object[]) => of('networking.k8s.io/v1', 'NetworkPolicy', { ingress });
const service = (...ports: object[]) => of('v1', 'Service', { ports });
const variables = (...names: string[]) => pod({ name: 'c', env: names.map((name) => ({ name, value: 'x' })) });
const SPEC = 'spec.template.spec';

describe('a difference', () => {
  test('is found in the item with the same name', () => {
    const before = pod({ name: 'users', image: 'a:1' }, { name: 'proxy', image: 'p:1' });
    const after = pod({ name: 'users', image: 'a:2' }, { name: 'proxy', image: 'p:1' });
    expect(diff(before, after)).toEqual([
      { path: ['spec', 'template', 'spec', 'containers', '[users]', 'image'], before: 'a:1', after: 'a:2' },
    ]);
  });
  test('between rules without names is the whole rule', () => {
    const rule = (port: number) => ({ ports: [{ port, protocol: 'TCP' }] });
    expect(diff(allow(rule(1)), allow(rule(1), rule(2)))).toEqual([
      { path: ['spec', 'ingress', '[+]'], before: undefined, after: rule(2) },
    ]);
  });
  test('of order shows the names in both orders', () => {
    expect(diff(variables('A', 'B'), variables('B', 'A'))).toEqual([
      { path: ['spec', 'template', 'spec', 'containers', '[c]', 'env'], before: ['A', 'B'], after: ['B', 'A'] },
    ]);
  });
  const peer = (more: object) => ({ from: [{ podSelector: {}, ...more }] });
  const storage = (value: unknown) =>
    of('v1', 'PersistentVolumeClaim', { resources: { requests: { storage: value } } });
  const operated = (spec: object) => of('example.org/v1', 'Widget', spec);
  test.each<[string, unknown, unknown, string[]]>([
    [
      'a peer that becomes the pods of all namespaces',
      allow(peer({})),
      allow(peer({ namespaceSelector: {} })),
      ['spec.ingress[*].from[*].namespaceSelector'],
    ],
    ['a rule that allows everything', allow(), allow({}), ['spec.ingress']],
    [
      'a budget for all pods',
      of('policy/v1', 'PodDisruptionBudget', {}),
      of('policy/v1', 'PodDisruptionBudget', { selector: {} }),
      ['spec.selector'],
    ],
    [
      'init containers, which run in their order',
      deployment({ initContainers: [{ name: 'a' }, { name: 'b' }] }),
      deployment({ initContainers: [{ name: 'b' }, { name: 'a' }] }),
      [`${SPEC}.initContainers`],
    ],
    [
      'a variable',
      pod({ name: 'c', env: [{ name: 'A', value: '1' }] }),
      variables('A'),
      [`${SPEC}.containers[c].env[A].value`],
    ],
    [
      'a word of a command',
      pod({ name: 'c', command: ['node', 'a.ts'] }),
      pod({ name: 'c', command: ['node', 'b.ts'] }),
      [`${SPEC}.containers[c].command[1]`],
    ],
    [
      'the order of arguments',
      pod({ name: 'c', args: ['a', 'b'] }),
      pod({ name: 'c', args: ['b', 'a'] }),
      [`${SPEC}.containers[c].args`],
    ],
    [
      'an argument given twice',
      pod({ name: 'c', args: ['a'] }),
      pod({ name: 'c', args: ['a', 'a'] }),
      [`${SPEC}.containers[c].args[+]`],
    ],
    [
      'a temporary volume without a limit',
      deployment({ volumes: [{ name: 'v' }] }),
      deployment({ volumes: [{ name: 'v', emptyDir: {} }] }),
      [`${SPEC}.volumes[v].emptyDir`],
    ],
    ['another amount', storage('1Gi'), storage('1G'), ['spec.resources.requests.storage']],
    [
      'a text that only looks like an amount',
      { apiVersion: 'v1', kind: 'ConfigMap', data: { max: { cpu: '1' }, a: '1000m' } },
      { apiVersion: 'v1', kind: 'ConfigMap', data: { max: { cpu: '1000m' }, a: '1' } },
      ['data.a', 'data.max.cpu'],
    ],
    [
      'the order in a custom kind',
      operated({ stages: [{ name: 'a' }, { name: 'b' }] }),
      operated({ stages: [{ name: 'b' }, { name: 'a' }] }),
      ['spec.stages'],
    ],
    [
      'an empty field of a custom kind',
      operated({}),
      operated({ monitoring: {}, users: [] }),
      ['spec.monitoring', 'spec.users'],
    ],
    ['an amount in a custom kind', operated({ size: '1Gi' }), operated({ size: '1024Mi' }), ['spec.size']],
    [
      'the order in a custom kind named like one of Kubernetes',
      of('projectcalico.org/v3', 'NetworkPolicy', { ingress: [{ name: 'a' }, { name: 'b' }] }),
      of('projectcalico.org/v3', 'NetworkPolicy', { ingress: [{ name: 'b' }, { name: 'a' }] }),
      ['spec.ingress'],
    ],
  ])('is %s', (_, before, after, expected) => expect(paths(before, after)).toEqual(expected));
});

describe('no difference', () => {
  const limits = (cpu: unknown, memory: string) => pod({ name: 'c', resources: { limits: { cpu, memory } } });
  test.each<[string, unknown, unknown]>([
    ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['the order of ports of a Service', service({ port: 1 }, { port: 2 }), service({ port: 2 }, { port: 1 })],
    ['a default', service({ port: 1 }), service({ port: 1, protocol: 'TCP' })],
    ['another way to write a quantity', limits('1000m', '1Gi'), limits(1, '1024Mi')],
    ['an empty list', deployment({ tolerations: [] }), deployment({})],
    ['a field that is null', deployment({ tolerations: null }), deployment({})],
    ['an empty object that is no choice', pod({ name: 'c', resources: { limits: {} } }), pod({ name: 'c' })],
    [
      'a selector of all pods that a policy always has',
      allow(),
      of('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: {} }),
    ],
    [
      'empty labels of a custom kind',
      { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { labels: {} } },
      { apiVersion: 'example.org/v1', kind: 'Widget', metadata: {} },
    ],
  ])('is %s', (_, before, after) => expect(diff(before, after)).toEqual([]));

  property.prop([fc.jsonValue()])('between a thing and itself', (value) =>
    expect(diff(value, JSON.parse(JSON.stringify(value)))).toEqual([]),
  );
});

property.prop([fc.jsonValue(), fc.jsonValue()])('law: the same fields differ seen from the other side', (a, b) => {
  // The values show whether an item is added or removed, so both marks are equal here.
  const text = (path: readonly string[], before: unknown, after: unknown) =>
    JSON.stringify([pathText(path).replaceAll('[-]', '[+]'), { before, after }]);
  const turned = diff(b, a).map(({ path, before, after }) => text(path, after, before));
  expect(
    diff(a, b)
      .map(({ path, before, after }) => text(path, before, after))
      .sort(),
  ).toEqual(turned.sort());
});

test.each([
  ['250m', '0.25'],
  ['2', '2'],
  [3, '3'],
  ['.5', '0.5'],
  ['1Gi', '1073741824'],
  ['0.1Gi', '107374182.4'],
  ['1.5G', '1500000000'],
  ['12e6', '12000000'],
  ['1E', '1000000000000000000'],
  ['-100m', '-0.1'],
  ['0.1n', '0.000000001'],
  ['abc', undefined],
  ['.', undefined],
  ['1 Gi', undefined],
  ['1e3k', undefined],
  ['1e999', undefined],
])('the quantity %j is %p', (text, expected) => {
  const amount = quantity(text);
  expect(amount && decimal(amount)).toBe(expected);
});

test('law: a sum of quantities is exact', () => {
  const part = quantity('100m') ?? 0n;
  expect(part + part + part).toBe(quantity('300m'));
});
