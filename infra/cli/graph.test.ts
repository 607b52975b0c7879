import { contract, Graph, route, toDot } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { toSvg } from './graph.ts';

const SIGNS = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"' }));

test.each([
  '"] evil [label="x',
  '"> <script>alert(1)</script>',
  '&lt;b&gt; &amp; &#60;',
  'ends in a backslash \\',
  '\\N \\G \\" \\n',
  'a\u0000b\u001b\n}',
  '<b>bold</b>',
  'größe 数',
])('an operation called %j is drawn unchanged', async (name) => {
  const called = contract('called', { http: { [name]: route('GET', '/x', { reply: { 200: Type.Object({}) } }) } });
  const svg = await toSvg(toDot(new Graph([called, contract('caller', { calls: Object.values(called.http) })])));
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replace(
      /&(?:#(\d+)|(\w+));/g,
      (_, code: string | undefined, word: string) => SIGNS.get(word) ?? String.fromCodePoint(Number(code)),
    ),
  );
  expect(texts.map((text) => text.trim().replaceAll('\u00a0', ' '))).toEqual(
    expect.arrayContaining(['called', '1 operation', 'caller', name.replace(/\p{Cc}/gu, ' ').trim()]),
  );
  expect(texts.length).toBe(5);
  expect(svg).not.toMatch(/<script|href="/);
});

test('DOT with a syntax error is rejected', async () => {
  await expect(toSvg('digraph {')).rejects.toThrow('syntax error');
});
