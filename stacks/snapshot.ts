import { join } from 'node:path';
import { keepCallSites } from '@groundwork/constructs';
import { App } from 'cdk8s';
import { pulumiFiles, snapshotEach } from '../infra/review/preview/index.ts';
import { runMain } from '../infra/tools/run-main.ts';
import { type Environment, environments } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

const PROGRAM = { root: join(import.meta.dirname, '..'), libraries: ['constructs'] };

/** Settings of an environment that are in none of its objects. */
async function settingsOf({ name, protectData, context, images: from, requirements }: Environment) {
  const pulumi = await pulumiFiles(PROGRAM.root, 'stacks', name);
  return [name, { protectData, context, images: from, requirements, pulumi }] as const;
}

/** Prints all objects of this version of the source, and what else decides a deploy, as JSON; the preview compares two such snapshots. */
await runMain(async () => {
  const objects = await snapshotEach<Environment>(
    environments,
    async (environment) => shop(environment, await synthImages(environment, images), keepCallSites(new App())),
    PROGRAM,
  );
  const settings = Object.fromEntries(await Promise.all(Object.values(environments).map(settingsOf)));
  process.stdout.write(JSON.stringify({ ...objects, settings, contracts: graph.contracts, exceptions }));
});
