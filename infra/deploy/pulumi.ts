import type { Progress } from '../tools/progress.ts';
import type { Changes, Deployment, Engine } from './engine.ts';
import { SecretsFile } from './secrets-file.ts';
import { Stack } from './stack.ts';

/**
 * Deploys by `pulumi up` of the repository's own program, for a cluster of this machine. Real environments have a backend
 * and secrets of their own.
 */
export class PulumiEngine implements Engine {
  public readonly name = 'pulumi';

  public async deploy(deployment: Deployment, progress: Progress): Promise<Changes> {
    const stack = await Stack.beside(deployment.cluster, deployment.environment);
    progress.step('handing secrets to the stack');
    await giveSecrets(deployment, stack);
    progress.step('pulumi up');
    const output = await stack.run(['up', '--yes', '--skip-preview', '--suppress-outputs']);
    return changes(output);
  }

  public async destroy(
    deployment: Omit<Deployment, 'system'>,
    _: { readonly keepData: boolean },
    progress: Progress,
  ): Promise<void> {
    const stack = await Stack.beside(deployment.cluster, deployment.environment);
    progress.step('pulumi destroy');
    await stack.run(['destroy', '--yes', '--skip-preview']);
  }
}

/** Gives the stack the values that the `apply` engine would use, so that the engines can take turns on one cluster. */
async function giveSecrets({ system, namespace, cluster }: Deployment, stack: Stack): Promise<void> {
  const known = await stack.secrets();
  const file = SecretsFile.of(cluster, namespace);
  for (const { name, format } of new Map(system.secrets.map((secret) => [secret.name, secret])).values()) {
    const value = file.value(name, format);
    if (known[name] !== value) await stack.setSecret(name, value);
  }
}

/** What `pulumi up` says it did, a line a resource: ` ~  kubernetes:apps/v1:Deployment Deployment/shop-dev/users updated (3s)`. */
function changes(output: string): Changes {
  const done = [...output.matchAll(/^\s*\S+\s+kubernetes:\S+\s+(\S+)\s+(created|updated|replaced|deleted)\b/gm)].map(
    ([, name = '', verb]) => ({ name, verb }),
  );
  const of = (...verbs: string[]): string[] =>
    done.filter(({ verb = '' }) => verbs.includes(verb)).map(({ name }) => name);
  return {
    created: of('created'),
    configured: of('updated', 'replaced'),
    pruned: of('deleted'),
    unchanged: Number(/(\d+) unchanged/.exec(output)?.[1] ?? 0),
  };
}
