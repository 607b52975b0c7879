import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { LateValue } from '@groundwork/constructs';
import { resolveLateValues } from '@groundwork/constructs';
import { Mistake } from '@groundwork/contract';
import { execa } from 'execa';
import type { Progress } from '../progress.ts';
import type { Changes, Deployment, Engine } from './engine.ts';
import { SecretsFile } from './secrets-file.ts';

/**
 * Deploys by `pulumi up` of the repository's own program, for a cluster of this machine: state, passphrase and stack
 * config lie beside the cluster's data and go with it. Real environments have a backend and secrets of their own.
 */
export class PulumiEngine implements Engine {
  public readonly name = 'pulumi';

  public async deploy(deployment: Deployment, progress: Progress): Promise<Changes> {
    const pulumi = await stack(deployment);
    progress.step('handing secrets to the stack');
    await giveSecrets(deployment, pulumi);
    progress.step('pulumi up');
    const output = await pulumi(['up', '--yes', '--skip-preview', '--suppress-outputs']);
    return changes(output);
  }

  public async destroy(deployment: Omit<Deployment, 'manifests'>, _: { readonly keepData: boolean }, progress: Progress): Promise<void> {
    const pulumi = await stack(deployment);
    progress.step('pulumi destroy');
    await pulumi(['destroy', '--yes', '--skip-preview']);
  }
}

type Pulumi = (args: readonly string[], input?: string) => Promise<string>;

/** A function that runs `pulumi` on the deployment's stack, which is made if there is none. */
async function stack({ environment, cluster }: Omit<Deployment, 'manifests'>): Promise<Pulumi> {
  const folder = join(cluster.state, 'pulumi');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, `Pulumi.${environment}.yaml`);
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase(join(folder, 'passphrase')),
    PULUMI_SKIP_UPDATE_CHECK: '1',
    PULUMI_ERROR_OUTPUT_STRING: '1', // an Output inside a text is an error, not a warning in a manifest
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the language host takes the first node
  };
  const pulumi: Pulumi = async (args, input) => {
    const flags = ['--non-interactive', '--stack', environment, '--config-file', config];
    const { failed, stdout, all, exitCode } = await execa('pulumi', [...args, ...flags], {
      env,
      reject: false,
      all: true,
      ...(input === undefined ? {} : { input }),
    });
    if (failed) throw new Mistake(`pulumi ${args[0]}`, all.trim().split('\n').slice(-40).join('\n'), `it ended with ${exitCode}: mend what it says`);
    return stdout;
  };
  if (!existsSync(config)) {
    // A stack is made in a project of its own here, since making one writes to its config file: the repository's is not for this.
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: groundwork\nruntime: nodejs\n');
    await execa('pulumi', ['stack', 'init', environment, '--non-interactive', '--no-select', '--secrets-provider', 'passphrase'], { env, cwd: folder });
  }
  await pulumi(['config', 'set', 'context', cluster.context]);
  await pulumi(['config', 'set', 'clusterIdentifier', cluster.kubeconfig]);
  return pulumi;
}

/** Gives the stack the values that the `apply` engine would use, so that the engines can take turns on one cluster. */
async function giveSecrets({ manifests, namespace, cluster }: Deployment, pulumi: Pulumi): Promise<void> {
  const wanted = new Map<string, LateValue>();
  for (const manifest of manifests) resolveLateValues(manifest, (value) => void wanted.set(value.name, value));
  const { secrets } = JSON.parse(await pulumi(['config', '--json'])) as { secrets?: { objectValue?: Record<string, unknown> } };
  const known = secrets?.objectValue ?? {};
  const file = new SecretsFile(join(cluster.state, 'secrets', `${namespace}.json`));
  for (const { name, format } of wanted.values()) {
    if (name in known) continue;
    await pulumi(['config', 'set', '--secret', '--path', `secrets.${name}`], file.value(name, format));
  }
}

function passphrase(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** What `pulumi up` says it did, a line a resource: ` ~  kubernetes:apps/v1:Deployment Deployment/shop-dev/users updated (3s)`. */
function changes(output: string): Changes {
  const done = [...output.matchAll(/^\s*\S+\s+kubernetes:\S+\s+(\S+)\s+(created|updated|replaced|deleted)\b/gm)].map(([, name = '', verb]) => ({ name, verb }));
  const of = (...verbs: string[]): string[] => done.filter(({ verb = '' }) => verbs.includes(verb)).map(({ name }) => name);
  return {
    created: of('created'),
    configured: of('updated', 'replaced'),
    pruned: of('deleted'),
    unchanged: Number(/(\d+) unchanged/.exec(output)?.[1] ?? 0),
  };
}
