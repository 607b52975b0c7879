import { join } from 'node:path';
import { keepCallSites } from '@groundwork/constructs';
import { App } from 'cdk8s';
import { pulumiFiles, snapshotEach } from '../infra/review/preview/index.ts';
import { runMain } from '../infra/tools/run-main.ts';
import { deploySettings, type Environment, environments } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

const PROGRAM = { root: join(import.meta.dirname, '..'), libraries: ['constructs'] };

/** Prints all objects of this version of the source, and what else decides a deploy, as JSON; the preview compares two such snapshots. */
await runMain(async () => {
  const objects = await snapshotEach<Environment>(
    environments,
    async (environment) => shop(environment, await synthImages(environment, images), keepCallSites(new App())),
    PROGRAM,
  );
  const settings = await Promise.all(
    Object.values(environments).map(async (environment) => {
      const pulumi = await pulumiFiles(PROGRAM.root, 'stacks', environment.name);
      return [environment.name, { ...deploySettings(environment), pulumi }] as const;
    }),
  );
  process.stdout.write(
    JSON.stringify({ ...objects, settings: Object.fromEntries(settings), contracts: graph.contracts, exceptions }),
  );
});
