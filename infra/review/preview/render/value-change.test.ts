import { describe, expect, test } from '@jest/globals';
import { makePreview, type Preview } from '../preview.ts';
import { COMMENT_LIMIT, markdown } from './markdown.ts';
import { page } from './page.ts';
import { valueChange } from './value-change.ts';

const lines = (count: number, word = 'line'): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at}`).join('\n');

describe('a long value is compared', () => {
  test('by the fields of the JSON in it', () => {
    const callers = (...names: string[]) =>
      JSON.stringify({ 'users.get': names, 'users.find': ['gateway', 'catalog'] });
    expect(valueChange(callers('gateway'), callers('gateway', 'orders'))).toEqual({
      by: 'field',
      fields: [{ path: ['users.get', '[+]'], before: undefined, after: 'orders' }],
    });
  });
  test('by its lines, with their numbers', () => {
    expect(valueChange('a: 1\nb: 2\nc: 3\n', 'a: 1\nb: 3\nc: 3\nd: 4\n')).toEqual({
      by: 'line',
      lines: [
        { sign: '-', line: 2, text: 'b: 2' },
        { sign: '+', line: 2, text: 'b: 3' },
        { sign: '+', line: 4, text: 'd: 4' },
      ],
    });
  });
  test('by its lines, if only the layout of JSON changes', () => {
    expect(valueChange('{\n "a": 1\n}', '{\n  "a": 1\n}')).toMatchObject({ by: 'line', lines: { length: 2 } });
  });
  test.each([
    ['a number', 1, 2],
    ['a short text', 'a', 'b'],
    ['a text that is added', undefined, lines(3)],
  ])('as a whole: %s', (_, before, after) => expect(valueChange(before, after)).toEqual({ by: 'value' }));
});

const preview = (before: string, after: string): Preview => {
  const of = (text: string) => ({
    version: 'x',
    environments: {
      dev: [
        {
          chart: 'c',
          path: 'p',
          why: 'w',
          manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { text } },
        },
      ],
    },
  });
  return makePreview({ base: of(before), head: of(after), time: new Date(0) });
};

test('of a ConfigMap of 900 kB only the changed lines are shown', () => {
  const before = lines(60_000, 'line of some length');
  expect(before.length).toBeGreaterThan(900_000);
  const after = before.replace('length 777\n', 'length 777, changed\n');
  const text = markdown(preview(before, after));
  expect(text).toContain('<code>\\- line of some length 777</code>');
  expect(text).toContain('<code>\\+ line of some length 777, changed</code>');
  expect(text.length).toBeLessThan(2_000);
  expect(page(preview(before, after)).length).toBeLessThan(20_000);
});

test('a ConfigMap of 900 kB whose lines all change fits into the comment', () => {
  const [before, after] = [lines(60_000, 'line of some length'), lines(60_000, 'another line of it')];
  const text = markdown(preview(before, after));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(text).toContain('119988 more lines');
});

test('of two long texts in one line, the part that differs is shown', () => {
  const long = 'the same for a very long time '.repeat(10);
  const text = markdown(preview(`${long}before`, `${long}after`));
  expect(text).toMatch(/<code>…[^<]*before<\/code> → <code>…[^<]*after<\/code>/);
});
