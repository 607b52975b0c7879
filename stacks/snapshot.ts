import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { keepCallSites } from '@groundwork/constructs';
import { App } from 'cdk8s';
import { pulumiFiles, snapshotEach } from '../infra/review/preview/index.ts';
import { runMain } from '../infra/tools/run-main.ts';
import { deploySettings, type Environment } from './environments/environment.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

const PROGRAM = { root: join(import.meta.dirname, '..'), libraries: ['constructs'] };
const ENVIRONMENTS = join(import.meta.dirname, 'environments');

/** Loads each environment from its own file, so that one that fails to load leaves the others. */
async function environmentFiles(): Promise<Record<string, () => Promise<Environment>>> {
  const files = (await readdir(ENVIRONMENTS)).map((file) => basename(file, '.ts'));
  const names = await import('./environments/index.ts').then(
    ({ environments }) => Object.keys(environments),
    () => files.filter((name) => name !== 'index' && name !== 'environment'),
  );
  return Object.fromEntries(
    names.map((name) => [name, async () => (await import(join(ENVIRONMENTS, `${name}.ts`)))[name]]),
  );
}

/** Prints all objects of this version of the source, and what else decides a deploy, as JSON; the preview compares two such snapshots. */
await runMain(async () => {
  const parts = await snapshotEach<Environment>(
    await environmentFiles(),
    {
      app: async (environment) => shop(environment, await synthImages(environment, images), keepCallSites(new App())),
      settings: async (environment) => ({
        ...deploySettings(environment),
        pulumi: await pulumiFiles(PROGRAM.root, 'stacks', environment.name),
      }),
    },
    PROGRAM,
  );
  process.stdout.write(JSON.stringify({ ...parts, contracts: graph.contracts, exceptions }));
});
