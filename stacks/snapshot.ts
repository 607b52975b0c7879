import { join } from 'node:path';
import { keepCallSites } from '@groundwork/constructs';
import { App } from 'cdk8s';
import { objectsOf } from '../infra/review/preview/index.ts';
import { runMain } from '../infra/tools/run-main.ts';
import { environments } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

const PROGRAM = { root: join(import.meta.dirname, '..'), libraries: ['constructs'] };

/** Prints all objects of this version of the source as JSON; the preview compares two such snapshots. */
await runMain(async () => {
  const made = await Promise.all(
    Object.values(environments).map(async (environment) => {
      const app = shop(environment, await synthImages(environment, images), keepCallSites(new App()));
      return [environment.name, objectsOf(app, PROGRAM)] as const;
    }),
  );
  process.stdout.write(
    JSON.stringify({ environments: Object.fromEntries(made), contracts: graph.contracts, exceptions }),
  );
});
