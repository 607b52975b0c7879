import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

interface Package {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '../..');
const packageIn = (folder: string): Package => JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));

test.each(packageIn('.').workspaces ?? [])('law: every export of %s points to a file', (folder) => {
  const missing = Object.values(packageIn(folder).exports ?? {}).filter((target) =>
    target.includes('*') ? globSync(join(ROOT, folder, target)).length === 0 : !existsSync(join(ROOT, folder, target)),
  );
  expect(missing).toEqual([]);
});
