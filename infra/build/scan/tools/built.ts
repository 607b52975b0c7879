import { delimiter, dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { compile, type GoProgram, goRecipe, type Recipe } from '../../../tools/compile.ts';
import type { Progress } from '../../../tools/progress.ts';
import { run } from './command.ts';

/** How a scanner is built from its published Go module; `go.sum` pins the checksums of all modules. */
function recipe(name: string, rest: Omit<GoProgram, 'name' | 'folder' | 'sources'>): Recipe {
  const folder = join(import.meta.dirname, '../programs', name);
  return goRecipe({ name, folder, sources: [folder], ...rest });
}

const RECIPES: readonly Recipe[] = [
  recipe('trivy', {
    what: 'github.com/aquasecurity/trivy/cmd/trivy',
    stamps: ['-X github.com/aquasecurity/trivy/pkg/version/app.ver=0.67.2'],
    experiment: 'jsonv2', // its release build sets it too
    timeout: '5–10 min the first time',
  }),
  recipe('osv-scanner', {
    what: 'github.com/google/osv-scanner/v2/cmd/osv-scanner',
    timeout: '2–5 min the first time',
  }),
  recipe('dockle', { what: 'github.com/goodwithtech/dockle/cmd/dockle' }),
];

/**
 * Adds missing scanners to PATH: built with Go, and kept in the cache. Without Go, or if a build fails, they are missing,
 * and the scan reports what it skipped.
 * @returns the built scanners, as a phase's title
 */
export async function provideScanners(progress: Progress): Promise<string | undefined> {
  if ('failed' in (await run('go', ['version']))) return undefined;
  const built: string[] = [];
  for (const one of RECIPES) {
    if (!('failed' in (await run(one.name, ['--version'])))) continue;
    try {
      const file = await compile(one, progress);
      process.env.PATH = [process.env.PATH, dirname(file)].join(delimiter);
      built.push(one.name);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      progress.skipped(one.name, error.problem);
    }
  }
  return built.length === 0 ? undefined : `${built.join(', ')} built from their Go modules`;
}
