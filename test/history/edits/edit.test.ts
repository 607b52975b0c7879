import { expect, test } from '@jest/globals';
import { MUTANTS } from '../mutants/mutants.ts';
import { applyEdits, validateEdits } from './edit.ts';
import { HARNESS_EDITS } from './harness.ts';

const edit = (find: string) => ({ file: 'file.ts', find, replace: '$& changed' });

test('replaces a text as it is', () => {
  expect(applyEdits('a b c', [edit('b')])).toBe('a $& changed c');
});

test.each(['x', ' '])('rejects an edit whose text %j is not there once', (find) => {
  expect(() => applyEdits('a b c', [edit(find)])).toThrow(/edit of file\.ts: must occur once/);
});

test('the edits of every run fit the sources', () => {
  expect(() => validateEdits(HARNESS_EDITS)).not.toThrow();
});

test.each(Object.entries(MUTANTS))('the edits of the mutant %s fit the sources', (_name, { edits }) => {
  expect(edits.length).toBeGreaterThan(0);
  expect(() => validateEdits(edits)).not.toThrow();
});
