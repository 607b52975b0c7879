import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rulesTable } from './table.ts';

const FILE = join(import.meta.dirname, '../../../docs/policy.md');
const MADE = /(?<=<!-- rules -->\n)[\s\S]*(?=\n<!-- \/rules -->)/;

test('docs/policy.md lists the current rules; after an intended change run `UPDATE_GOLDEN=1 npm test infra/review/policy` and commit it', () => {
  const text = readFileSync(FILE, 'utf8');
  if (process.env.UPDATE_GOLDEN === '1')
    writeFileSync(
      FILE,
      text.replace(MADE, () => rulesTable()),
    );
  expect(MADE.exec(readFileSync(FILE, 'utf8'))?.[0]).toBe(rulesTable());
});
