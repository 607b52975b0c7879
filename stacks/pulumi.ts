/** What `pulumi up` runs, and `npm start -- --engine pulumi` with it. The stack's name is the environment. */
import { ConfigurationError, isConfigurationError } from '@groundwork/contract';
import { getStack, log, RunError, runtime } from '@pulumi/pulumi';
import { checkCluster } from '../infra/deploy/index.ts';
import { type Environment, environments } from './environments/index.ts';
import { images as ownImages } from './shop.ts';
import { prepareShop } from './stack.ts';
import { stackImages } from './stack-images.ts';

/** Deploys the environment. Returns the stack's outputs. */
export default async function program() {
  try {
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
    const shop = prepareShop(environment, await stackImages(environment, ownImages));
    await checkCluster(shop.system, shop.access).catch((error: unknown) => {
      if (!runtime.isDryRun() || !isConfigurationError(error)) throw error;
      log.warn(`this preview can't be deployed: ${error.message}`);
    });
    return shop.register().outputs;
  } catch (error) {
    // Pulumi prints a RunError without a stack trace; a ConfigurationError has the place and the fix.
    throw isConfigurationError(error) ? new RunError(error.message) : error;
  }
}
