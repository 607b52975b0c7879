import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@groundwork/contract';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/errors.md');

function page(): string {
  const rows = Object.entries(ERROR_CODES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, meaning]) => `| <a id="${code}"></a>\`${code}\` | ${meaning} |`);
  return `${[
    '# Errors',
    '',
    'What a user can fix ends as a `ConfigurationError`: what is wrong, where, and how to fix it. Its `code` is stable; the',
    'message may change. Several errors found at once are a `ConfigurationErrors`, an `AggregateError` that lists all of them.',
    '',
    '| code | meaning |',
    '| --- | --- |',
    ...rows,
  ].join('\n')}\n`;
}

/** Codes that the sources use for an error. */
function usedCodes(): Set<string> {
  const files = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const sources = files.filter((file) => !/\.test\.ts$|^test\/|error-codes\.ts$/.test(file));
  const texts = sources.map((file) => readFileSync(join(ROOT, file), 'utf8')).filter((text) => text.includes('code:'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bcode:\s*'([a-z-]+)'/g)].map(([, code = '']) => code)));
}

test('law: docs/errors.md lists every error code, and nothing else; `npm run golden` writes it', () => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, page());
  expect(readFileSync(PAGE, 'utf8')).toBe(page());
});

test('law: every error code is used', () => {
  const used = usedCodes();
  expect(Object.keys(ERROR_CODES).filter((code) => !used.has(code))).toEqual([]);
});
