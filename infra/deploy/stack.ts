import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { Cluster } from './cluster/driver.ts';

/** A Pulumi stack of the repository's program, driven by the `pulumi` CLI. */
export class Stack {
  readonly #flags: readonly string[];
  readonly #root: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(root: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#root = root;
    this.#flags = ['--non-interactive', ...flags];
    this.#env = {
      PULUMI_SKIP_UPDATE_CHECK: '1',
      PULUMI_ERROR_OUTPUT_STRING: '1', // an Output in a string is an error, not a warning in a manifest
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the language host uses the first node on PATH
      ...env,
    };
  }

  /**
   * Opens the stack of an environment on a cluster of this machine, and creates it if needed. State, passphrase and stack
   * configuration are beside the cluster's data and are deleted with it.
   */
  public static async beside(
    { state, kubeconfig, context }: Pick<Cluster, 'state' | 'kubeconfig' | 'context'>,
    environment: string,
  ): Promise<Stack> {
    const folder = join(state, 'pulumi');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const config = join(folder, `Pulumi.${environment}.yaml`);
    const env = {
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase(join(folder, 'passphrase')),
    };
    if (!existsSync(config)) {
      // Created in a separate project, since `stack init` writes to the project's config file, which must not be the repository's.
      writeFileSync(join(folder, 'Pulumi.yaml'), 'name: groundwork\nruntime: nodejs\n');
      await execa(
        'pulumi',
        ['stack', 'init', environment, '--non-interactive', '--no-select', '--secrets-provider', 'passphrase'],
        { env, cwd: folder },
      );
    }
    const stack = new Stack(process.cwd(), ['--stack', environment, '--config-file', config], env);
    await stack.run(['config', 'set', 'context', context]);
    await stack.run(['config', 'set', 'clusterIdentifier', kubeconfig]);
    return stack;
  }

  /**
   * Opens the stack of an environment in the backend that this shell is logged in to, with the repository's config file.
   * @param root folder with Pulumi.yaml
   * @throws ConfigurationError if there is no CLI, login or stack of this name
   */
  public static async shared(environment: string, root: string = process.cwd()): Promise<Stack> {
    const where = `stack '${environment}'`;
    const { failed, stdout, code } = await execa('pulumi', ['stack', 'ls', '--json', '--non-interactive'], {
      cwd: root,
      reject: false,
    });
    if (code === 'ENOENT')
      throw new ConfigurationError({
        code: 'tool-missing',
        where,
        problem: 'there is no `pulumi` CLI on PATH',
        fix: 'install it, and log in to the backend that has the stack',
      });
    if (failed)
      throw new ConfigurationError({
        code: 'pulumi-failed',
        where,
        problem: "the Pulumi CLI can't list the stacks",
        fix: 'log in to the backend that has it: `pulumi login`',
      });
    // The name of an organization's stack is prefixed with the organization.
    const stacks: readonly { name: string }[] = JSON.parse(stdout);
    const name = stacks.find((one) => one.name.split('/').at(-1) === environment)?.name;
    if (name === undefined)
      throw new ConfigurationError({
        code: 'stack-missing',
        where,
        problem: 'the backend has no stack of this name',
        fix: `check \`pulumi stack ls\`, or create it: \`pulumi stack init ${environment}\``,
      });
    return new Stack(root, ['--stack', name]);
  }

  /**
   * Runs `pulumi` on the stack and returns its standard output.
   * @throws ConfigurationError with the end of its error output
   */
  public async run(args: readonly string[], input?: string): Promise<string> {
    const { failed, stdout, all, exitCode } = await execa('pulumi', [...args, ...this.#flags], {
      cwd: this.#root,
      env: this.#env,
      reject: false,
      all: true,
      ...(input === undefined ? {} : { input }),
    });
    if (failed)
      throw new ConfigurationError({
        code: 'pulumi-failed',
        where: `pulumi ${args[0]}`,
        problem: all.trim().split('\n').slice(-40).join('\n'),
        fix: `it exited with ${exitCode}: fix what the message names`,
      });
    return stdout;
  }

  /** The values of deploy-time secrets, decrypted, by name. */
  public async secrets(): Promise<Readonly<Record<string, string>>> {
    const config: Record<string, { objectValue?: Record<string, string> }> = JSON.parse(
      await this.run(['config', '--json', '--show-secrets']),
    );
    return Object.entries(config).find(([key]) => key.endsWith(':secrets'))?.[1].objectValue ?? {};
  }

  /** Encrypts a deploy-time secret's value and writes it to the stack's config. */
  public async setSecret(name: string, value: string): Promise<void> {
    await this.run(['config', 'set', '--secret', '--path', `secrets.${name}`], value);
  }
}

function passphrase(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
