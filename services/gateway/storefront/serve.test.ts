import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../testing.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway((_request, response) => response.end());
});
afterAll(() => gateway.close());

const files = readdirSync(join(import.meta.dirname, 'page'));
const pathOf = (file: string) => (file === 'index.html' ? '/' : `/storefront/${file}`);

test.each(files)('%s is served with its type and a policy without inline and foreign content', async (file) => {
  const { status, headers } = await fetch(gateway.url + pathOf(file));
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/^(text\/(html|css|javascript); charset=utf-8|image\/svg\+xml)$/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test('law: the page loads its files and nothing else, and each of them', async () => {
  const loaded = new Set(['/']);
  for (const path of loaded) {
    const text = await (await fetch(gateway.url + path)).text();
    expect(text).not.toMatch(
      /<style|<script(?![^>]* src=)| style="| on[a-z]+="|https?:\/\/(?!www\.w3\.org|html\.spec)/,
    );
    const named = path === '/' ? /(?:href|src)="(\/storefront\/[^"]+)"/g : /from '\.(\/[^']+)'/g;
    for (const [, to = ''] of text.matchAll(named)) loaded.add(to.startsWith('/storefront/') ? to : `/storefront${to}`);
  }
  expect([...loaded].sort()).toEqual(files.map(pathOf).sort());
});

test('the API keeps the policy of an API', async () => {
  const { headers } = await fetch(`${gateway.url}/openapi.json`);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).not.toContain('script-src');
});
