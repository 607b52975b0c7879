import { join } from 'node:path';
import { manifestsOf } from '@groundwork/constructs';
import { isConfigurationError } from '@groundwork/contract';
import { Node } from 'constructs';
import { traceConstructs } from '../infra/review/preview/trace.ts';
import { environments } from './environments/index.ts';
import { exceptions } from './policy-exceptions.ts';
import { graph, images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

/** Prints all objects of this version of the source as JSON; the preview compares two such snapshots. */
try {
  const traced = traceConstructs(Node, join(import.meta.dirname, '..'));
  const made = await Promise.all(
    Object.values(environments).map(
      async (environment) =>
        [environment.name, manifestsOf(shop(environment, await synthImages(environment, images)))] as const,
    ),
  );
  const paths = new Set(made.flatMap(([, entries]) => entries.map(({ path }) => path)));
  const calls = Object.fromEntries([...traced()].filter(([path]) => paths.has(path)));
  process.stdout.write(
    JSON.stringify({ environments: Object.fromEntries(made), contracts: graph.contracts, exceptions, calls }),
  );
} catch (error) {
  if (!isConfigurationError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
