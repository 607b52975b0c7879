import { delimiter, dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { compile, goRecipe, type Recipe } from '../../../tools/compile.ts';
import type { Progress } from '../../../tools/progress.ts';
import { run } from './command.ts';

const PROGRAMS = join(import.meta.dirname, '../programs');

const folderOf = (name: string) => ({ name, folder: join(PROGRAMS, name), sources: [join(PROGRAMS, name)] });

/** How a scanner is made from the Go module that its makers publish; `go.sum` holds what every byte of it must be. */
const RECIPES: readonly Recipe[] = [
  goRecipe({
    ...folderOf('trivy'),
    what: 'github.com/aquasecurity/trivy/cmd/trivy',
    stamps: ['-X github.com/aquasecurity/trivy/pkg/version/app.ver=0.67.2'],
    experiment: 'jsonv2', // its own build sets it too
    timeout: '5–10 min the first time',
  }),
  goRecipe({ ...folderOf('dockle'), what: 'github.com/goodwithtech/dockle/cmd/dockle' }),
];

/**
 * Puts scanners on the path that are not there: built by Go, and kept in the cache. Where there is no Go, or one can't be
 * built, it stays away, and the scan says what it could not look at.
 * @returns what it built
 */
export async function provideScanners(progress: Progress): Promise<string | undefined> {
  if ('missing' in (await run('go', ['version']))) return undefined;
  const built: string[] = [];
  for (const recipe of RECIPES) {
    if (!('missing' in (await run(recipe.name, ['--version'])))) continue;
    try {
      const file = await compile(recipe, progress);
      process.env.PATH = [process.env.PATH, dirname(file)].join(delimiter);
      built.push(recipe.name);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      progress.skipped(recipe.name, error.problem);
    }
  }
  return built.length === 0 ? undefined : `${built.join(', ')} built from their Go modules`;
}
