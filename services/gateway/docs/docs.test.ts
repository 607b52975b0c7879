import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '@groundwork/contract';
import { gateway } from '@groundwork/contracts/gateway';
import { catalog, createMetrics, serve } from '@groundwork/kit';
import { openApiDocument } from '@groundwork/kit/openapi';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { silentLog } from '../../kit/testing/run.ts';
import { documentHandlers } from './handlers.ts';
import { html, prose } from './html.ts';

const operations: readonly Operation[] = [...Object.values(gateway.http), ...gateway.calls];
const document = openApiDocument(operations, { title: 'Shop', version: '1.0.0', description: 'Buy & sell.' });

const serverWith = (events?: string) =>
  serve(gateway, documentHandlers(document, events), {
    log: silentLog,
    metrics: createMetrics('gateway'),
    trust: undefined,
  });
const get = (url: string, server = serverWith()) => server.inject({ method: 'GET', url });

test('values in HTML are escaped, and HTML in it is not', () => {
  const inner = html`<b>${'<script>"&\''}</b>`;
  expect(html`${inner}${[inner, inner]}`.text).toBe('<b>&lt;script&gt;&quot;&amp;&#39;</b>'.repeat(3));
  expect(prose('send `<b>`').text).toBe('send <code>&lt;b&gt;</code>');
});

describe.each(['/docs', '/problems', '/problems/not-found'])('the page %s', (path) => {
  test('is HTML whose policy allows its own style alone', async () => {
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers['content-security-policy']).toContain(`'sha256-${hash}'`);
    expect(body).not.toMatch(/<script|<link|<img|style=|https?:\/\/|undefined|\[object/);
  });

  test('has a language, a title, one heading of the first level, and each id once', async () => {
    const { body } = await get(path);
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body.match(/<main>/g)).toHaveLength(1);
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const regions = [...body.matchAll(/aria-label="([^"]*)"/g)].map(([, name]) => name);
    expect(new Set(regions).size).toBe(regions.length);
    for (const [, target] of body.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });
});

test('law: the page has each operation, with its method and its path', async () => {
  const { body } = await get('/docs');
  for (const { service, name, method, path } of operations)
    expect(body).toContain(
      `<h2 id="${service}.${name}"><code>${method} ${path.replace(/:(\w+)/g, '{$1}')}</code></h2>`,
    );
  expect(body).toContain('Buy &amp; sell.');
});

test('the fields of a list of objects are on the page, with their limits', async () => {
  const { body } = await get('/docs');
  expect(body).toContain(
    '<th scope="row"><code>lines[].quantity</code></th><td>yes</td><td>integer, at least 1, at most 100</td>',
  );
});

test.each(Object.entries(catalog))(
  'law: the type of the problem %s leads to a page about it',
  async (code, { fix }) => {
    const { statusCode, body } = await get(`/problems/${code}`);
    expect([statusCode, body.includes(`<code>${code}</code>`), body.includes(prose(fix).text)]).toEqual([
      200,
      true,
      true,
    ]);
  },
);

test.each(['nothing', 'toString', '__proto__', '%00'])('an unknown problem, %s, is a 404', async (code) => {
  const { statusCode, headers } = await get(`/problems/${code}`);
  expect([statusCode, `${headers['content-type']}`.split(';')[0]]).toEqual([404, 'application/problem+json']);
});

test('the AsyncAPI document is that of the file, read again for each request; without a file it is a 404', async () => {
  const file = join(temporaryFolder('events'), 'asyncapi.json');
  const server = serverWith(file);
  for (const title of ['one', 'two']) {
    writeFileSync(file, JSON.stringify({ asyncapi: '3.0.0', info: { title } }));
    expect((await get('/asyncapi.json', server)).json()).toMatchObject({ info: { title } });
  }
  expect((await get('/asyncapi.json')).statusCode).toBe(404);
});
