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

const FILES = 'https://forge.example/shop/shop/blob';
const commit = 'a'.repeat(40);
test('the links that the preview writes are kept for the own repository', () => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'a' } };
  const version = (label: string, ...objects: object[]) => ({ version: label, environments: { dev: objects } });
  const links = { base: `${FILES}/${commit}`, head: `${FILES}/${commit}` };
  const other = { manifest: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }, why: 's' };
  const text = markdown(
    makePreview({
      base: version('main', { manifest: claim, why: 'a', source: 'stacks/shop.ts:96' }, other),
      head: version('orders', other),
      time: new Date(0),
      links,
    } as never),
  );
  expect(text).toContain(`(${FILES}/${commit}/stacks/shop.ts#L96)`);
  expect(sanitizeForGitHub(text, FILES)).toBe(text);
  expect(sanitizeForGitHub(text)).not.toMatch(/[^\\]\]\(/);
});

test.each([
  ['another repository', `[<code>a</code>](https://forge.example/evil/shop/blob/${commit}/a.ts)`],
  ['another page of the forge', `[<code>a</code>](${FILES}/${commit}/../../../../../settings)`],
  ['a branch', `[<code>a</code>](${FILES}/main/a.ts)`],
  ['a picture', `![<code>a</code>](${FILES}/${commit}/a.png)`],
  ['other text', `[log in](${FILES}/${commit}/a.ts)`],
  ['a title', `[<code>a</code>](${FILES}/${commit}/a.ts "x")`],
])('a link to %s is not kept', (_, link) => {
  expect(sanitizeForGitHub(`${MARKER}\n${link}`, FILES)).not.toMatch(/(^|[^\\])\]\(/);
});

test('what surrounds a link that is kept is sanitized, and can not change it', () => {
  const link = `[<code>a</code>](${FILES}/${commit}/a.ts#L1-L2)`;
  expect(sanitizeForGitHub(`${MARKER}\n@ana [x]${link}[y](https://evil.example)`, FILES)).toBe(
    `${MARKER}\n&#64;<!---->ana [x\\]${link}[y\\](https:<!---->//evil.example)`,
  );
  expect(sanitizeForGitHub(`${MARKER}\n[<code><img src=x>@ana</code>](${FILES}/${commit}/a.ts)`, FILES)).toBe(
    `${MARKER}\n[<code>&lt;img src=x>&#64;<!---->ana</code>](${FILES}/${commit}/a.ts)`,
  );
});
