import { expect, test } from '@jest/globals';
import { gapsIn } from '../../../test/support/gaps.ts';
import { outcomesOf } from './rule.ts';
import { rules } from './rules/index.ts';
import { noNodePort } from './rules/network/no-node-port.ts';
import { sample } from './samples.ts';
import { violations } from './violations.ts';

test.each(rules)('law: $id judges manifests in which any value is absent or null', (rule) => {
  const { good, bad } = outcomesOf(rule);
  const facts = { knowsImage: () => false, isProtected: () => false, environment: 'dev', rules: [rule] };
  const failed = [...good, ...bad].flatMap((objects) =>
    [...gapsIn(objects)].flatMap(({ at, json }) => {
      try {
        violations(json, facts);
        return [];
      } catch (error) {
        return [`${objects[0]?.kind}: ${at}: ${error}`];
      }
    }),
  );
  expect(failed).toEqual([]);
});

test('a violation of an object with nulls names the object as it was given', () => {
  const given = sample('v1', 'Service', 'web', { spec: { type: 'NodePort', selector: null } });
  const [found] = violations([given], { environment: 'dev', rules: [noNodePort] });
  expect(found?.manifest).toBe(given);
});
