import { createHash } from 'node:crypto';
import { type Contract, contract, type Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { makePreview } from '../preview.ts';
import { markdown } from './markdown.ts';
import { page } from './page.ts';

const LONG = `${'long '.repeat(40)}end of it`;
const of = (replicas: number, text: string): readonly Manifest[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'users', namespace: 'n' },
    spec: {
      replicas,
      template: {
        metadata: { labels: {} },
        spec: { containers: [{ name: 'users', resources: { requests: { cpu: '2', memory: '1Gi' } } }] },
      },
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'n' }, data: { text } },
];
const entries = (manifests: readonly Manifest[]) =>
  manifests.map((manifest) => ({ chart: 'c', path: 'p', why: `contract 'users'`, manifest }));
const preview = makePreview({
  base: {
    version: 'aaa',
    environments: { dev: entries(of(2, 'a')), staging: entries(of(2, 'a')), production: entries(of(6, 'a')) },
    contracts: [],
  },
  head: {
    version: 'bbb',
    environments: {
      dev: entries(of(1, 'password=PLANTED-1')),
      staging: entries(of(1, 'password=PLANTED-1')),
      production: entries(of(3, LONG)),
    },
    contracts: [contract('users', {}) as Contract],
  },
  time: new Date('2026-01-02T03:04:05Z'),
  prices: { currency: 'USD', cpu: 10, memory: 1, storage: 0.1 },
  remarks: ['The base is old.'],
});
const text = page(preview);
/** The visible text: no tags, entities decoded. */
const read = text
  .replace(/<(style|script)>.*?<\/\1>/gs, '')
  .replace(/<[^>]*>/g, ' ')
  .replace(/&#(\d+);/g, (_, sign: string) => String.fromCharCode(Number(sign)))
  .replace(/\s+/g, ' ');

test('it contains all parts of the comment', () => {
  expect(read).toContain('6 objects change in dev, staging and production: 1 finding needs a look, not critical');
  expect(read).toContain('aaa → bbb, 2026-01-02 03:04 UTC');
  expect(read).toContain('The base is old.');
  expect(read).toContain('production · 2');
  for (const { subject, what, advice, rule } of preview.findings)
    for (const part of [subject, what, advice, rule]) expect(read).toContain(part);
  expect(read).toContain('added: service users: 0 operations');
  expect(read).toContain('production 6 → 3 12 → 6 6 GiB → 3 GiB 0 GiB 126 USD → 63 USD');
});

test('a finding whose values differ between environments shows each value once', () => {
  expect(preview.findings.find(({ details }) => details !== undefined)).toMatchObject({
    environments: ['dev', 'staging', 'production'],
  });
  expect(read).toMatch(/dev and staging: 2 → 1/);
  expect(read).toMatch(/production: 6 → 3/);
  expect(markdown(preview)).toMatch(/dev and staging <code>2<\/code> → <code>1<\/code>/);
});

test('fields that change in the same way in several environments are listed once', () => {
  expect(read.match(/update ConfigMap\/settings/g)?.length).toBe(2);
  expect(read).toContain('dev and staging (2)');
  expect(markdown(preview)).toContain('<summary>dev and staging: every field</summary>');
});

test('no value is truncated, and no secret is shown', () => {
  expect(read).toContain(LONG);
  expect(text).not.toContain('PLANTED');
  expect(read).toContain('password=(hidden)');
});

test('it loads nothing, and runs only its filter', () => {
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(text) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'"`);
  expect(text.replace(script, '')).not.toMatch(
    /<(script>[^<]|link|img|iframe|object)|\s(src|on\w+)=|\shref=(?!"https:)|url\(|@import/,
  );
});
