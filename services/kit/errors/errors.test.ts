import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { catalog, type ErrorCode } from './catalog.ts';
import { Problem } from './problem.ts';
import { asProblem } from './translate.ts';

const codes = Object.keys(catalog) as ErrorCode[];
const services = join(import.meta.dirname, '..', '..');
const sources = readdirSync(services, { recursive: true, encoding: 'utf8' })
  .filter(
    (name) =>
      name.endsWith('.ts') &&
      !name.endsWith('.test.ts') &&
      !name.includes('node_modules') &&
      !name.endsWith('errors/catalog.ts'),
  )
  .map((name) => readFileSync(join(services, name), 'utf8'))
  .join('\n');

test.each(codes)('law: the error %s is used somewhere, with a client or server error status', (code) => {
  expect(sources).toContain(`'${code}'`);
  expect(catalog[code].status).toBeGreaterThanOrEqual(400);
  expect(catalog[code].status).toBeLessThan(600);
});

test('an unexpected error becomes an internal error without its message', () => {
  const problem = asProblem(new Error('password=hunter2'));
  expect(JSON.stringify(problem.toJSON('r'))).not.toContain('hunter2');
  expect(problem.toJSON('r')).toMatchObject({ code: 'internal', status: 500, requestId: 'r' });
});

test.each(['ECONNREFUSED', '57P01', '53300', '08006'])(
  'an unavailable database (%s) is a 503 with Retry-After',
  (code) => {
    const problem = asProblem(Object.assign(new Error('x'), { code }));
    expect([problem.code, problem.headers['retry-after']]).toEqual(['unavailable', '1']);
  },
);

test.each([
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
])('a lost connection to the database (%s) is no internal error', (message) => {
  expect(asProblem(new Error(message)).code).toBe('unavailable');
});

test('a Problem passes unchanged', () => {
  const problem = new Problem('not-found', 'no such thing');
  expect(asProblem(problem)).toBe(problem);
});
