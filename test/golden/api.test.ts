import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeApi, packages } from '../support/api.ts';

const ROOT = join(import.meta.dirname, '../..');

test('API.md of each package shows what it exports; `npm run api` writes it', () => {
  const api = makeApi();
  for (const folder of packages) {
    const file = join(ROOT, folder, 'API.md');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, api(folder));
    expect(readFileSync(file, 'utf8')).toBe(api(folder));
  }
}, 180_000);
