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

test('law: no text of a published package names a file or a script that it does not have', () => {
  const files = globSync(['constructs/**/*.ts', 'infra/bridge/**/*.ts', 'services/kit/**/*.ts'], { cwd: ROOT });
  const sources = files.filter((file) => !/node_modules|\.test\.ts$|\/testing\//.test(file));
  const texts = sources.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .filter((line) => /\bdocs\/[a-z-]+\.md|npm run/.test(line.replace(/^\s*(\/?\*|\/\/).*|\/\/ .*/, '')))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(texts).toEqual([]);
});

test.each(packageIn('.').workspaces ?? [])('law: every export of %s points to a file', (folder) => {
  const missing = Object.values(packageIn(folder).exports ?? {}).filter((target) =>
    target.includes('*') ? globSync(join(ROOT, folder, target)).length === 0 : !existsSync(join(ROOT, folder, target)),
  );
  expect(missing).toEqual([]);
});
