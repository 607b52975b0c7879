import { existsSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { PulumiInstallation } from '../../deploy/index.ts';
import { cacheRoot } from '../../tools/cache.ts';
import { compile, goRecipe, locate, type Recipe } from '../../tools/compile.ts';
import type { Progress } from '../../tools/progress.ts';
import { withLock } from '../cluster/lock.ts';

/** Version of the CLI in `cli/go.mod`. */
export const PULUMI_CLI = '3.276.0';

/** The release that the commit of the provider in `provider/go.mod` precedes by a day; no later one is a Go module. */
export const PULUMI_PROVIDER = '4.25.0';

const PROVIDER_MODULE = 'github.com/pulumi/pulumi-kubernetes/provider/v4';

function recipe(name: string, folder: string, what: string, stamp: string, timeout: string): Recipe {
  const sources = [join(import.meta.dirname, folder)];
  return goRecipe({ name, folder: sources[0] as string, sources, what, stamps: [`-X ${stamp}`], timeout });
}

const CLI = recipe(
  'pulumi',
  'cli',
  'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
  `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_CLI}`,
  '3–6 min the first time',
);
const PROVIDER = recipe(
  'pulumi-resource-kubernetes',
  'provider',
  '.',
  `${PROVIDER_MODULE}/pkg/version.Version=${PULUMI_PROVIDER}`,
  '4–9 min the first time',
);

/**
 * Pulumi's CLI and Kubernetes provider, built from their Go modules into the cache. There is no language host: programs
 * run through the Automation API.
 * @throws ConfigurationError without Go, or with the end of the compiler's output
 */
export async function pulumiFromModules(progress: Progress): Promise<PulumiInstallation> {
  const home = join(dirname(await locate(PROVIDER)), 'home');
  const plugin = join(home, 'plugins', `resource-kubernetes-v${PULUMI_PROVIDER}`);
  const root = dirname(await locate(CLI));
  const installation = { root, home, providerVersion: PULUMI_PROVIDER };
  if (existsSync(join(root, 'bin', CLI.name)) && existsSync(join(plugin, LAST_FILE))) return installation;
  await requireGo();
  return withLock(join(cacheRoot(), 'pulumi.lock'), progress, async () => {
    await compile(CLI, progress, join(root, 'bin', CLI.name));
    await compile(PROVIDER, progress, join(plugin, PROVIDER.name));
    await provideSchema(plugin);
    return installation;
  });
}

async function requireGo(): Promise<void> {
  const { failed } = await execa('go', ['version'], { reject: false });
  if (failed)
    throw new ConfigurationError({
      code: 'engine-unavailable',
      where: '--engine pulumi',
      problem: 'no `pulumi` CLI on PATH, and no Go to build it with',
      fix: 'install the Pulumi CLI, or Go 1.26 or later',
    });
}

/** Written last: where it is, the provider is complete. */
const LAST_FILE = 'terraform-mapping.json';

/** What a released provider embeds; its module has the files, but does not build them in. */
const SCHEMA_FILES = ['schema.json', LAST_FILE];

/** Copies the files beside the provider, which reads them there. */
async function provideSchema(plugin: string): Promise<void> {
  const { stdout } = await execa('go', ['list', '-m', '-f', '{{.Dir}}', PROVIDER_MODULE], { cwd: PROVIDER.folder });
  for (const name of SCHEMA_FILES) {
    const partial = join(plugin, `${name}.part`);
    await copyFile(join(stdout, 'cmd/pulumi-resource-kubernetes', name), partial);
    await rename(partial, join(plugin, name));
  }
}
