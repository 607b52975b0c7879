import { fc, test as property } from '@fast-check/jest';
import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { makePreview, type Preview } from '../preview.ts';
import { escapeFor } from './escape.ts';
import { COMMENT_LIMIT, MARKER, markdown } from './markdown.ts';
import { page } from './page.ts';

const time = new Date('2026-01-02T03:04:05Z');
const config = (
  name: string,
  value: string,
  why = name,
): { chart: string; path: string; why: string; manifest: Manifest } => ({
  chart: 'c',
  path: name,
  why,
  manifest: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'n' },
    data: { value },
    immutable: true,
  },
});
const preview = (before: readonly ReturnType<typeof config>[], after: readonly ReturnType<typeof config>[]): Preview =>
  makePreview({
    base: { version: 'aaa', environments: { dev: before } },
    head: { version: 'bbb', environments: { dev: after } },
    time,
  });

describe('a comment', () => {
  test('is short if nothing changes, and has the marker', () => {
    const text = markdown(preview([config('a', '1')], [config('a', '1')]));
    expect(text).toContain('Nothing changes in any environment');
    expect(text.startsWith(MARKER)).toBe(true);
    expect(text.split('\n').length).toBeLessThan(7);
  });

  test('states commit and time', () => {
    expect(markdown(preview([], [config('a', '1')]))).toContain('aaa → bbb, 2026-01-02 03:04 UTC');
  });

  test('of 5,000 changed objects stays below the limit, closes all elements, and links to the rest', () => {
    const many = (value: string) => Array.from({ length: 5000 }, (_, index) => config(`config-${index}`, value));
    const text = markdown(preview(many('1'), many('2')));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    expect((text.match(/```/g)?.length ?? 0) % 2).toBe(0);
    expect(text).toContain('preview.html');
    expect(text).toContain('| dev | · | · | · | 5000 |');
  });

  property.prop([
    fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 600, max: 5000 }),
  ])('law: for any names and values, it stays below the limit and contains no HTML from them', (pairs, limit) => {
    const named = pairs.map(([name, value], index) => config(`${index}${name}`, value, name));
    const text = markdown(preview([], named), { limit });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
    expect([...text.matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag).filter((tag) => !OURS.has(tag))).toEqual([]);
  });
});

const OURS = new Set([
  MARKER,
  '<sub>',
  '</sub>',
  '<details>',
  '</details>',
  '<summary>',
  '</summary>',
  '<br>',
  '<code>',
  '</code>',
  '<!---->',
]);
const nasty = [
  '`',
  '```',
  '|',
  '@everyone',
  '</details>',
  '<script>alert(1)</script>',
  '[x](http://evil.example)',
  '![](http://evil.example/x.png)',
  '\u202egnp.exe',
  '🙂',
  '# h',
  '---',
  '&lt;',
  '-->',
  '\n\n# h',
];

describe('a name that would be markup', () => {
  test.each(nasty)('%j stays a name', (name) => {
    const text = markdown(preview([], [config(name, name, name)]));
    expect(text).not.toContain('<script>');
    expect(text).not.toMatch(/@everyone/);
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/^# h/m);
    expect(text).not.toMatch(/(^|[^\\`])\[x\]\(http:/);
    expect(text.match(/<\/details>/g)?.length).toBe(text.match(/<details>/g)?.length);
  });

  test('is the same in the page, as text', () => {
    expect(page(preview([], [config('</li><script>x</script>', '1')]))).not.toContain('<script>x');
  });

  test.each([
    ['<b>', '&lt;b&gt;'],
    ['a_b*c', 'a\\_b\\*c'],
    ['\u202e', '⟨U+202E⟩'],
    ['@everyone', '&#64;<!---->everyone'],
    ['#12', '&#35;<!---->12'],
    ['org/repo#5', 'org/repo&#35;<!---->5'],
    ['GH-3', 'GH<!---->-3'],
    ['WWW.evil.example', 'WWW<!---->.evil.example'],
    ['http://evil.example', 'http:<!---->//evil.example'],
    ['a@evil.example', 'a&#64;<!---->evil.example'],
    ['users-2', 'users-2'],
  ])('%j as text is %j', (text, expected) => expect(escapeFor('github').plain(text)).toBe(expected));
});
