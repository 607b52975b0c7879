import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { extentOf } from './extent.ts';

/** Run by Node itself: what a test runner compiles stands on other lines. */
const PROGRAM = `import constructs from '${pathToFileURL(createRequire(import.meta.url).resolve('constructs'))}';
import { traceConstructs } from '${pathToFileURL(join(import.meta.dirname, 'trace.ts'))}';
class Outer extends constructs.Construct {
  constructor(scope: constructs.Construct, id: string, names: readonly string[]) {
    super(scope, id);
    for (const name of names) new constructs.Construct(this, name);
  }
}
const traced = traceConstructs(constructs.Node, import.meta.dirname);
const root = new constructs.RootConstruct();
new Outer(root, 'outer', [
  'one',
]);
console.log(JSON.stringify([...traced()]));
`;
let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'groundwork-trace-')));
  await writeFile(join(folder, 'made.ts'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true }));

test('a construct is traced to the lines of the calls that made it, the closest first, with their arguments and no others', async () => {
  const { stdout } = await execa(process.execPath, [join(folder, 'made.ts')]);
  expect(JSON.parse(stdout)).toEqual([
    ['outer', ['made.ts:5-5', 'made.ts:11-13']],
    ['outer/one', ['made.ts:6-6', 'made.ts:11-13']],
  ]);
});

test.each([
  ['new A(b, {\n  c: 1,\n});\nd();', 3],
  ["new A(')', `(\n`, /* ( */ b); // (", 2],
  ['make(a)\n(b)', 1],
  ['new A;\nb()', 1],
  ['made', 1],
])('the call that begins %j ends in line %i', (text, last) => expect(extentOf(text, 1, 1)).toBe(last));
