import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { DockerfileParser } from 'dockerfile-ast';

// Its types declare a default export that its code does not have.
const dockerignore = createRequire(import.meta.url)('@balena/dockerignore') as () => {
  add(rules: string): { ignores(path: string): boolean };
};

/** Paths that a Dockerfile copies from its context, as written; copies from other stages are left out. */
export function copiedPaths(dockerfile: string): readonly string[] {
  return DockerfileParser.parse(dockerfile)
    .getCOPYs()
    .filter((copy) => !copy.getFlags().some((flag) => flag.getName() === 'from'))
    .flatMap((copy) => copy.getArguments().slice(0, -1))
    .map((argument) => argument.getValue());
}

/**
 * The files that a Dockerfile copies from the context, as sorted paths from its root, without those that `.dockerignore`
 * excludes.
 * @throws ConfigurationError if the path of a COPY line does not exist, or is a pattern, which is not supported here.
 */
export async function contextFiles(root: string, dockerfile: string): Promise<readonly string[]> {
  const rules = join(root, '.dockerignore');
  const ignored = dockerignore().add(existsSync(rules) ? await readFile(rules, 'utf8') : '');
  const files = new Set<string>();
  for (const path of copiedPaths(await readFile(join(root, dockerfile), 'utf8'))) {
    if (/[*?[\]$]/.test(path))
      throw new ConfigurationError({
        code: 'dockerfile-unsupported',
        where: dockerfile,
        problem: `COPY ${path} uses a pattern or a variable`,
        fix: 'name folders and files, so that the inputs of the image are known before the build',
      });
    if (!existsSync(join(root, path)))
      throw new ConfigurationError({
        code: 'dockerfile-unsupported',
        where: dockerfile,
        problem: `COPY ${path} names a path that does not exist`,
        fix: 'correct the path, which is relative to the root of the repository',
      });
    for (const file of await filesBelow(join(root, path))) {
      const name = relative(root, file);
      if (!ignored.ignores(name)) files.add(name);
    }
  }
  return [...files].sort();
}

/** Files at or below a path, without node_modules, which is large and never part of a build context. */
async function filesBelow(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => name !== 'node_modules');
  return (await Promise.all(entries.map(({ name }) => filesBelow(join(path, name))))).flat();
}
