import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const sources = execFileSync('git', ['ls-files', 'constructs', 'infra', 'services', 'stacks'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(file) && existsSync(join(root, file)));

/** Files by the name that another workspace imports, such as `@groundwork/contract/desired-state`. */
const packages = new Map(
  globSync('{constructs,services,infra}/**/package.json', { cwd: root, exclude: ['**/node_modules'] }).flatMap(
    (file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
        name: string;
        exports?: Record<string, string>;
      };
      return Object.entries(exports).map(([path, target]) => [join(name, path), join(dirname(file), target)] as const);
    },
  ),
);

/** What each file imports of the repository: types count, as a reader has to follow them too. */
const imports = sources.flatMap((from) =>
  ts.preProcessFile(readFileSync(join(root, from), 'utf8')).importedFiles.flatMap(({ fileName }) => {
    const to = fileName.startsWith('.') ? normalize(join(dirname(from), fileName)) : packages.get(fileName);
    return to === undefined ? [] : [{ from, to }];
  }),
);

test('the scanner sees imports of files and of workspaces', () => {
  expect(imports).toContainEqual({ from: 'infra/cli/drivers.ts', to: 'infra/deploy/index.ts' });
  expect(imports).toContainEqual({ from: 'infra/cli/drivers.ts', to: 'infra/local/index.ts' });
});

test('law: no two folders of one folder need each other, directly or by way of others', () => {
  const needs = new Map<string, Map<string, string>>();
  for (const { from, to } of imports) {
    const [a, b] = [from, to].map((file) => dirname(file).split('/')) as [string[], string[]];
    const apart = a.findIndex((part, index) => part !== b[index]);
    if (apart === -1 || b[apart] === undefined) continue; // a folder's own files and its subfolders are no siblings
    const [one, other] = [a, b].map((parts) => parts.slice(0, apart + 1).join('/')) as [string, string];
    needs.set(one, (needs.get(one) ?? new Map()).set(other, `${from} imports ${to}`));
  }
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (folder: string, path: readonly string[]): void => {
    if (path.includes(folder)) {
      const circle = [...path.slice(path.indexOf(folder)), folder];
      cycles.push(circle.slice(1).map((next, index) => needs.get(circle[index] ?? '')?.get(next) ?? ''));
    }
    if (done.has(folder)) return;
    done.add(folder);
    for (const next of needs.get(folder)?.keys() ?? []) visit(next, [...path, folder]);
  };
  for (const folder of needs.keys()) visit(folder, []);
  expect(cycles).toEqual([]);
});

/** The room of a file: `infra/deploy`, or a folder at the root. */
const roomOf = (file: string): string => /^(infra\/[^/]+|[^/]+)\//.exec(file)?.[1] ?? file;

/** The outermost folder that a file is in, that the other is not in, and that has an index.ts. */
function faceBefore(to: string, from: string): string | undefined {
  const parts = dirname(to).split('/');
  const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const closed = folders.find((folder) => !from.startsWith(`${folder}/`) && existsSync(join(root, folder, 'index.ts')));
  return closed === undefined ? undefined : `${closed}/index.ts`;
}

/** What is imported past its folder's face on purpose: the face would load much that these programs do without. */
const PAST_THE_FACE = [
  'infra/bridge/data-stores.ts', // the bridge's face loads Pulumi
  'infra/review/policy/pack/policies.ts',
  'infra/review/preview/run.ts',
  'infra/review/preview/trace.ts',
];

test('law: folders of infra are imported from other rooms by their index.ts', () => {
  const past = imports.filter(({ from, to }) => {
    if (!to.startsWith('infra/') || roomOf(from) === roomOf(to)) return false;
    const face = faceBefore(to, from);
    return face !== undefined && face !== to && !PAST_THE_FACE.includes(to);
  });
  expect(past.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});
