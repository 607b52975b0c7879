import { expect, test } from '@jest/globals';
import { Mistake, Mistakes, refuse } from './index.ts';

const one = new Mistake("contract 'a' › name", 'it is wrong', 'write it right');

test('reads as what, where and how to mend it', () => {
  expect(one.message).toBe("it is wrong\n    at contract 'a' › name\n    mend: write it right");
  expect(new Mistake({ node: { path: 'dev/users' } }, 'x', 'y').where).toBe('dev/users');
});

test('several are told at once, each in full', () => {
  expect(() => refuse([])).not.toThrow();
  expect(() => refuse([one])).toThrow(one);
  const two = new Mistakes([one, new Mistake('there', 'worse', 'mend that too')]);
  expect(() => refuse(two.all)).toThrow(Mistakes);
  expect(two.message).toMatch(/2 mistakes:\n1\. it is wrong[\s\S]*write it right[\s\S]*2\. worse/);
});
