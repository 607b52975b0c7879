import { join } from 'node:path';
import { synthesize } from '@groundwork/constructs';
import { Node } from 'constructs';
import { snapshotOf } from '../infra/review/preview/snapshot.ts';
import { traceConstructs } from '../infra/review/preview/trace.ts';
import { runMain } from '../infra/tools/run-main.ts';
import { environments } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

/** Prints all that this version of the source makes, as JSON: what a preview compares with another version. */
await runMain(async () => {
  const traced = traceConstructs(Node, join(import.meta.dirname, '..'));
  const made = await Promise.all(
    Object.values(environments).map(
      async (environment) =>
        [environment.name, snapshotOf(synthesize(shop(environment, await synthImages(environment, images))))] as const,
    ),
  );
  const paths = new Set(made.flatMap(([, entries]) => entries.map(({ path }) => path)));
  const calls = Object.fromEntries([...traced()].filter(([path]) => paths.has(path)));
  process.stdout.write(
    JSON.stringify({ environments: Object.fromEntries(made), contracts: graph.contracts, exceptions, calls }),
  );
});
