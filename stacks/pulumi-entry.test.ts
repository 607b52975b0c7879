import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';

test('a Node that cannot run TypeScript is named, instead of its error on the first import', async () => {
  const entry = join(import.meta.dirname, 'pulumi-entry.mjs');
  const script = `(await import('${entry}')).default().catch((error) => console.log(error.message))`;
  const { stdout } = await execa(process.execPath, [
    '--no-experimental-strip-types',
    '--input-type=module',
    '-e',
    script,
  ]);
  expect(stdout).toBe(
    `Node ${process.versions.node} cannot run TypeScript: put Node 22.18 or later, or 24, first on PATH, and run it again`,
  );
});
