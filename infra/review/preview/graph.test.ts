import { type Contract, type ContractSpec, contract, route } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { graphChange } from './graph.ts';
import { graphWords, mermaid } from './render/mermaid.ts';

const get = (path: string) => route('GET', path, { reply: { 200: Type.Object({}) } });
const named = (name: string, spec: ContractSpec = {}): Contract => contract(name, spec) as Contract;
const catalog = contract('catalog', { http: { list: get('/products'), tags: get('/tags') } });
const mail = contract('mail', { http: { send: get('/send') } });
const lone = named('lone');
const before = [catalog, mail, lone, named('web', { calls: [catalog.http.list, mail.http.send] })] as Contract[];
const after = [
  catalog,
  mail,
  lone,
  named('web', { calls: [catalog.http.list, catalog.http.tags] }),
  named('app', { calls: [mail.http.send] }),
] as Contract[];

test('the same graph has no differences', () => expect(graphChange(before, [...before].reverse())).toBeUndefined());

test('added, removed and changed parts are marked, with their connected boxes and no others', () => {
  const { boxes, arrows } = graphChange(before, after) as NonNullable<ReturnType<typeof graphChange>>;
  expect(boxes.map(({ id, mark }) => `${mark} ${id}`)).toEqual(['added app', 'kept catalog', 'kept mail', 'kept web']);
  expect(arrows.map(({ from, to, mark }) => `${mark} ${from} → ${to}`)).toEqual([
    'added app → mail',
    'changed web → catalog',
    'removed web → mail',
  ]);
  expect(arrows.find(({ mark }) => mark === 'changed')).toMatchObject({
    detail: 'web calls list, tags',
    was: 'web calls list',
  });
});

test('Mermaid paints boxes and arrows by their marks', () => {
  expect(mermaid(graphChange(before, after) as never).split('\n')).toEqual([
    'flowchart LR',
    '  n0["+ app (0 operations)"]',
    '  n1["catalog (2 operations)"]',
    '  n2["mail (1 operation)"]',
    '  n3["web (0 operations)"]',
    '  n0 -->|"+ send"| n2',
    '  n3 -->|"± 2 operations"| n1',
    '  n3 -->|"− send"| n2',
    expect.stringMatching(/^ {2}classDef added /),
    '  class n0 added',
    expect.stringMatching(/^ {2}linkStyle 0 stroke/),
    expect.stringMatching(/^ {2}linkStyle 2 stroke/),
    expect.stringMatching(/^ {2}linkStyle 1 stroke/),
  ]);
});

test('the text form lists the same differences', () => {
  expect(graphWords(graphChange(before, after) as never)).toEqual([
    { mark: 'added', text: 'service app: 0 operations' },
    { mark: 'added', text: 'app calls send' },
    { mark: 'changed', text: 'web calls list, tags; before: web calls list' },
    { mark: 'removed', text: 'web calls send' },
  ]);
});

test.each([
  '"] click n0 "javascript:x"',
  '```',
  '</details>',
  '@everyone',
  '\u202egnp',
  'a\n  click n0',
  '#quot;',
  '%%{init: {}}%%',
])('a title of %j ends neither its quotes nor the block', (title) => {
  const box = { id: 'x', kind: 'service' as const, title, note: '', mark: 'added' as const };
  const lines = mermaid({ boxes: [box], arrows: [] }).split('\n');
  expect(lines.length).toBe(4);
  expect(lines[1]).toMatch(/^ {2}n0\["\+ [^"`<>@\u202e%{}\n]* \(\)"\]$/);
});
