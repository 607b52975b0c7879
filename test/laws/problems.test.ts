import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { catalog, type ErrorCode, Problem } from '../../services/kit/index.ts';

const PAGE = join(import.meta.dirname, '../../docs/problems.md');

function page(): string {
  const rows = Object.entries(catalog).map(
    ([code, { status, title, fix }]) => `| <a id="${code}"></a>\`${code}\` | ${status} | ${title} | ${fix} |`,
  );
  return `${[
    '# Problems',
    '',
    'Every error response of a service is problem+json (RFC 9457). Its `code` is stable: branch on it. Its `type` is',
    '`/problems/<code>`, a reference to the page about it, which the gateway serves.',
    '',
    '| code | status | title | how to fix it |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')}\n`;
}

test('law: docs/problems.md lists every problem, and nothing else; `npm run golden` writes it', () => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, page());
  expect(readFileSync(PAGE, 'utf8')).toBe(page());
});

test.each(Object.keys(catalog) as ErrorCode[])('law: the type of %s is the path of its page', (code) => {
  expect(new Problem(code).toJSON().type).toBe(`/problems/${code}`);
  expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
