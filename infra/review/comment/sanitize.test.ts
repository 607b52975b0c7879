import { expect, test } from '@jest/globals';
import { MARKER, makePreview, markdown } from '../preview/index.ts';
import { sanitizeForGitHub } from './sanitize.ts';

const sanitized = (body: string) => sanitizeForGitHub(`${MARKER}\n${body}`).slice(MARKER.length + 1);

test.each([
  ['mentions no user', 'ask @ana or @shop/admins', 'ask &#64;<!---->ana or &#64;<!---->shop/admins'],
  ['shows no picture', '![x](https://evil.example/p.png)', '![x\\](https:<!---->//evil.example/p.png)'],
  ['has no link', '[log in](/settings) www.evil.example', '[log in\\](/settings) www<!---->.evil.example'],
  ['has no link by reference', '[log in][1]\n\n[1]: //evil.example', '[log in\\][1]\n\n[1\\]: //evil.example'],
  ['has no HTML', '<img src=x><a href=y><script>', '&lt;img src=x>&lt;a href=y>&lt;script>'],
  ['hides nothing', 'a <!-- hidden --> b', 'a &lt;!-- hidden --> b'],
  ['gives no attribute to a tag that it may have', '<details open ontoggle=x>', '&lt;details open ontoggle=x>'],
  ['has the marker once', `${MARKER}`, '&lt;!-- groundwork-preview -->'],
])('a comment %s', (_, wild, calm) => {
  expect(sanitized(wild)).toBe(calm);
});

test('law: the rendered preview needs no sanitizing, for any names', () => {
  const object = (replicas: number) => ({
    manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas } },
  });
  const name = '@everyone ![x](https://e.example) <img> </details> `|` ftp://e.example';
  const version = (label: string, replicas: number) => ({ version: label, environments: { dev: [object(replicas)] } });
  const prices = { currency: 'EUR', cpu: 1, memory: 1, storage: 1 };
  const text = markdown(
    makePreview({ base: version('main', 1), head: version('orders', 2), time: new Date(0), prices } as never),
  );
  expect(text).toContain('everyone');
  expect(sanitizeForGitHub(text)).toBe(text);
});
