import { fc, test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import { diff, pathText, quantity } from './index.ts';

const paths = (before: unknown, after: unknown): string[] => diff(before, after).map(({ path }) => pathText(path));
const pod = (...containers: object[]) => ({ spec: { template: { spec: { containers } } } });

describe('a difference', () => {
  test('is found in the item with the same name, in any order', () => {
    const before = pod({ name: 'users', image: 'a:1' }, { name: 'proxy', image: 'p:1' });
    const after = pod({ name: 'proxy', image: 'p:1' }, { name: 'users', image: 'a:2' });
    expect(diff(before, after)).toEqual([
      { path: ['spec', 'template', 'spec', 'containers', '[users]', 'image'], before: 'a:1', after: 'a:2' },
    ]);
  });
  test('of an environment variable is its value', () => {
    const env = (value: string) => ({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value },
      ],
    });
    expect(paths(env('1'), env('2'))).toEqual(['env[B].value']);
  });
  test('in a command is at its position', () => {
    expect(paths({ command: ['node', 'a.ts'] }, { command: ['node', 'b.ts'] })).toEqual(['command[1]']);
  });
  test('between rules without names is the whole rule', () => {
    const rule = (port: number) => ({ ports: [{ port, protocol: 'TCP' }] });
    expect(diff({ ingress: [rule(1)] }, { ingress: [rule(1), rule(2)] })).toEqual([
      { path: ['ingress', '[+]'], before: undefined, after: rule(2) },
    ]);
  });
});

describe('no difference', () => {
  test.each([
    ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['the order of rules', { ingress: [{ from: [1] }, { from: [2] }] }, { ingress: [{ from: [2] }, { from: [1] }] }],
    [
      'another way to write a quantity',
      { limits: { cpu: '1000m', memory: '1Gi' } },
      { limits: { cpu: 1, memory: '1024Mi' } },
    ],
    ['an empty list', { tolerations: [] }, {}],
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
  ['250m', 0.25],
  ['2', 2],
  [3, 3],
  ['1Gi', 2 ** 30],
  ['1.5G', 1.5e9],
  ['12e6', 12e6],
  ['abc', undefined],
  ['1 Gi', undefined],
])('the quantity %j is %p', (text, number) => expect(quantity(text)).toBe(number));
