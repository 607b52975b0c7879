import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fieldTable } from './support/openapi.ts';

const FILE = join(import.meta.dirname, '../infra/review/preview/diff/kubernetes.json');

test("the preview compares fields as the OpenAPI of the embedded cluster's Kubernetes says; `npm run golden` writes it", async () => {
  const table = await fieldTable();
  if (process.env.UPDATE_GOLDEN === '1') await writeFile(FILE, `${JSON.stringify(table, null, 2)}\n`);
  expect(JSON.parse(await readFile(FILE, 'utf8'))).toEqual(table);
}, 300_000);
