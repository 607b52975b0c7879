/** What `pulumi up` runs. The stack's name is the environment. */
import { ConfigurationError, isConfigurationError } from '@groundwork/contract';
import { getStack, RunError } from '@pulumi/pulumi';
import { type Environment, environments } from './environments/index.ts';
import { images as ownImages } from './shop.ts';
import { shopStack } from './stack.ts';
import { stackImages } from './stack-images.ts';

async function main() {
  const name = getStack();
  const environment = (environments as Readonly<Record<string, Environment>>)[name];
  const known = Object.keys(environments);
  if (environment === undefined)
    throw new ConfigurationError({
      code: 'environment-unknown',
      where: `stack '${name}'`,
      problem: `unknown environment '${name}'`,
      fix: `select one of ${known.join(', ')}: pulumi stack select ${known[0]}`,
    });
  const images = await stackImages(environment, ownImages);
  return shopStack(environment, images).outputs;
}

/** Pulumi prints a RunError without a stack trace; a ConfigurationError has the place and the fix. */
const outputs = await main().catch((error: unknown) => {
  throw isConfigurationError(error) ? new RunError(error.message) : error;
});

/** Public URL of the shop. */
export const url = outputs.url;
/** Image of each service. */
export const images = outputs.images;
/** Services and their calls, as a Mermaid graph. */
export const graph = outputs.graph;
