import type { Progress } from '../tools/progress.ts';
import type { Cluster } from './cluster/driver.ts';
import type { Changes, Deployment, Engine } from './engine.ts';
import type { PulumiInstallation } from './pulumi-installation.ts';
import { RunEvents } from './run-events.ts';
import { SecretsFile } from './secrets-file.ts';
import { type PulumiProgram, Stack } from './stack.ts';

/**
 * Deploys as `pulumi up` of the repository's program does, to a cluster of this machine. Other environments have a shared
 * backend and their own secrets.
 */
export class PulumiEngine implements Engine {
  public readonly name = 'pulumi';
  readonly #program: PulumiProgram;
  readonly #installation: PulumiInstallation;

  public constructor(program: PulumiProgram, installation: PulumiInstallation) {
    this.#program = program;
    this.#installation = installation;
  }

  /** Opens the stack of an environment on a cluster of this machine, and creates it if needed. */
  public stack(cluster: Pick<Cluster, 'state' | 'kubeconfig' | 'context'>, environment: string): Promise<Stack> {
    return Stack.beside(cluster, environment, this.#program, this.#installation);
  }

  public async deploy(deployment: Deployment, progress: Progress): Promise<Changes> {
    const stack = await this.stack(deployment.cluster, deployment.environment);
    progress.step('copying secrets to the stack');
    await giveSecrets(deployment, stack);
    const run = new RunEvents(progress, deployment.system.objects.length);
    await stack.up({ onEvent: (event) => run.note(event) });
    return run.changes();
  }

  public async destroy(
    deployment: Omit<Deployment, 'system'>,
    _: { readonly keepData: boolean },
    progress: Progress,
  ): Promise<void> {
    const stack = await this.stack(deployment.cluster, deployment.environment);
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
