import { fc, test as property } from '@fast-check/jest';
import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { makePreview, type Preview } from '../preview.ts';
import { escapeFor } from './escape.ts';
import { COMMENT_LIMIT, MARKER, markdown } from './markdown.ts';

const config = (name: string, value: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value },
});
const preview = (manifests: readonly Manifest[], remarks: readonly string[] = []): Preview =>
  makePreview({
    base: { version: 'aaa', environments: { dev: [] } },
    head: {
      version: 'bbb',
      environments: {
        dev: manifests.map((manifest) => ({ chart: 'c', path: 'p', why: manifest.metadata.name, manifest })),
      },
    },
    time: new Date(0),
    remarks,
  });
const gitlab = (manifests: readonly Manifest[], remarks?: readonly string[]): string =>
  markdown(preview(manifests, remarks), { forge: 'gitlab' });

describe('a note in GitLab', () => {
  test('has the same content and marker as a comment in GitHub', () => {
    const manifests = [config('settings', 'plain')];
    expect(gitlab(manifests)).toBe(markdown(preview(manifests)));
    expect(gitlab(manifests).startsWith(MARKER)).toBe(true);
  });

  test('has the same limit as in GitHub, although GitLab allows more', () => {
    const text = gitlab(Array.from({ length: 5000 }, (_, index) => config(`@all-${index}`, '#1')));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  // GitLab takes comments out of the text first, so a sign is kept apart from its word by an element.
  test.each([
    ['@all', '<span>&#64;</span>all'],
    ['#1', '<span>&#35;</span>1'],
    ['!2', '<span>&#33;</span>2'],
    ['~label', '<span>&#126;</span>label'],
    ['%milestone', '<span>&#37;</span>milestone'],
    ['$3', '<span>&#36;</span>3'],
    ['&4', '<span>&#38;</span>4'],
    ['^alert#5', '<span>&#94;</span>alert<span>&#35;</span>5'],
    ['www.evil.example', 'www<span>.</span>evil.example'],
    ['OPS-5', 'OPS<span>-</span>5'],
    ['https://evil.example', 'https:<span>//</span>evil.example'],
    ['</details>', '&lt;/details&gt;'],
    ['`x`|y', '\\`x\\`\\|y'],
  ])('%j refers to nothing', (text, expected) => expect(escapeFor('gitlab').plain(text)).toBe(expected));

  property.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
    'law: no line is a quick action, for any names',
    (name, remark) => {
      const text = gitlab(
        [config(`\n/merge ${name}`, `\n/close\n${name}`)],
        [`/approve ${remark}`, `\n/merge\n${remark}`],
      );
      expect(text.split(/\r\n|[\n\r\u2028\u2029]/).filter((line) => line.trimStart().startsWith('/'))).toEqual([]);
    },
  );
});
