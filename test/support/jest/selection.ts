import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** Modules that start a server, or build or download programs. */
const SERVERS = ['test/support/postgres.ts', 'test/support/cached-folder.ts'];

/** Tests that install packages, start other programs or servers, or take many seconds for one file. */
const LEFT_OUT = [
  'infra/build/images/content.test.ts',
  'infra/build/scan/scan.test.ts',
  'infra/cli/new-service/new-service.test.ts',
  'infra/review/comment/gitlab/pipelines.test.ts',
  'infra/review/preview/run.test.ts',
  'services/catalog/main.test.ts',
  'services/kit/client/mutual-tls.test.ts',
  'services/kit/discovery/registration.test.ts',
  'services/kit/server/mutual-tls.test.ts',
  'stacks/policy-pack/pack.test.ts',
  'test/foreign/foreign.test.ts',
  'test/golden/api.test.ts',
  'test/kubernetes-fields.test.ts',
  'test/laws/fail-closed.test.ts',
  'test/preview.test.ts',
];

/** All test files of `npm test`, from the repository's root. */
export function allTests(): string[] {
  return globSync('{constructs,services,stacks,infra,test,examples}/**/*.test.ts', {
    cwd: ROOT,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  }).filter((file) => !/\.(e2e|pulumi)\.test\.ts$/.test(file));
}

/** Tests of `npm run test:fast`, which takes less than a minute: no server, no network and no built program. */
export function fastTests(): string[] {
  return allTests().filter(
    (test) => !LEFT_OUT.includes(test) && !SERVERS.some((server) => reachedFrom(test).has(server)),
  );
}

const reached = new Map<string, ReadonlySet<string>>();

/** A module and all modules that it imports, directly or not. Without packages: none imports a test helper. */
export function reachedFrom(module: string): ReadonlySet<string> {
  const known = reached.get(module);
  if (known !== undefined) return known;
  const all = new Set([module]);
  for (const one of all) for (const next of importsOf(one)) all.add(next);
  reached.set(module, all);
  return all;
}

const imports = new Map<string, readonly string[]>();

/** Modules of the repository that a module imports by a relative path, types included. */
function importsOf(module: string): readonly string[] {
  const known = imports.get(module);
  if (known !== undefined) return known;
  const text = readFileSync(join(ROOT, module), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)]
    .map(([, path = '']) => join(ROOT, dirname(module), path))
    .filter((file) => /\.m?[jt]s$/.test(file) && existsSync(file))
    .map((file) => relative(ROOT, file));
  imports.set(module, found);
  return found;
}
