import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');

test('each file that makes a temporary folder removes it', () => {
  const files = globSync('{bench,constructs,infra,services,stacks,test}/**/*.ts', {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });
  const makers = files.filter((file) =>
    // Folders below that of the fake commands are removed with it.
    /\bmkdtemp(Sync)?\((?!join\(commands\.folder)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(makers).not.toEqual([]);
  expect(makers.filter((file) => !/\brm(dir)?(Sync)?\(/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
