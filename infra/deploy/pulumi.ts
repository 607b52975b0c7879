import type { Progress } from '../tools/progress.ts';
import type { Changes, Deployment, Engine } from './engine.ts';
import { SecretsFile } from './secrets-file.ts';
import { Stack } from './stack.ts';

/**
 * Deploys with `pulumi up` of the repository's program to a cluster of this machine. Other environments have a shared
 * backend and their own secrets.
 */
export class PulumiEngine implements Engine {
  public readonly name = 'pulumi';

  public async deploy(deployment: Deployment, progress: Progress): Promise<Changes> {
    const stack = await Stack.beside(deployment.cluster, deployment.environment);
    progress.step('copying secrets to the stack');
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

/** Copies the `apply` engine's values to the stack, so that both engines can be used on one cluster. */
async function giveSecrets({ system, namespace, cluster }: Deployment, stack: Stack): Promise<void> {
  const known = await stack.secrets();
  const file = SecretsFile.of(cluster, namespace);
  for (const { name, format } of new Map(system.secrets.map((secret) => [secret.name, secret])).values()) {
    const value = file.value(name, format);
    if (known[name] !== value) await stack.setSecret(name, value);
  }
}

/** Parses the output of `pulumi up`, one line per resource: ` ~  kubernetes:apps/v1:Deployment Deployment/shop-dev/users updated (3s)`. */
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
