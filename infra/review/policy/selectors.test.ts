import { fc, test } from '@fast-check/jest';
import type { Manifest } from '@groundwork/constructs';
import { describe, expect } from '@jest/globals';
import { type Selector, selects } from '../../../constructs/kubernetes/selector.ts';
import { podOf } from './pods.ts';
import { selectorsOf, takesPods } from './selectors.ts';

const label = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(label, fc.constantFrom('1', '2'), { maxKeys: 3 });
const namespace = fc.constantFrom('n', 'm');
const expression = fc.record({
  key: label,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.constant(['1']),
});
const selector = fc.oneof(
  fc.constant(undefined),
  fc.record({ matchLabels: labels }, { requiredKeys: [] }),
  fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 1 }) }),
);
const object = (kind: string, of: { namespace: string; name: string; spec: object }): Manifest =>
  ({ apiVersion: 'v1', kind, metadata: { name: of.name, namespace: of.namespace }, spec: of.spec }) as never;
const name = fc.string({ maxLength: 2 });
const budget = fc
  .record({ namespace, name, spec: fc.record({ selector }) })
  .map((of) => object('PodDisruptionBudget', of as never));
const pod = fc
  .record({ namespace, name, labels })
  .map(({ labels, ...of }) =>
    object('Deployment', { ...of, spec: { template: { metadata: { labels }, spec: { containers: [] } } } }),
  );
const context = fc.array(fc.oneof(budget, pod), { maxLength: 12 });

/** The specification: a linear search. */
const takes = (one: Manifest, { metadata }: Manifest, of: Readonly<Record<string, string>>): boolean => {
  const { selector: wanted } = one.spec as { selector?: Selector };
  return wanted !== undefined && one.metadata.namespace === metadata.namespace && selects(wanted, of);
};

describe('law: an index finds', () => {
  test.prop([context])('all that select a pod, in their own order, and no other', (objects) => {
    for (const one of objects) {
      const made = podOf(one);
      if (made === undefined) continue;
      const all = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
      expect(selectorsOf(made, one, 'PodDisruptionBudget', { objects })).toEqual(
        all.filter((each) => takes(each, one, made.labels)),
      );
    }
  });

  test.prop([context, labels, namespace])('whether labels select any pods', (objects, wanted, of) => {
    const here = object('Service', { namespace: of, name: 'here', spec: { selector: wanted } });
    const found = [...objects, here].some(
      (one) => one.metadata.namespace === of && selects({ matchLabels: wanted }, podOf(one)?.labels ?? {}),
    );
    expect(takesPods(wanted, here, { objects: [...objects, here] })).toBe(found);
  });
});
