import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { EngineEvent, PulumiFn } from '@pulumi/pulumi/automation/index.js';
import { execa } from 'execa';
import { withEnvironment } from '../tools/environment.ts';
import type { Cluster } from './cluster/driver.ts';
import type { PulumiInstallation } from './pulumi-installation.ts';
import { plain } from './run-events.ts';

/** What `pulumi up` runs: the default export of the repository's program. */
export type PulumiProgram = PulumiFn;

/** Options of `up`. */
export interface UpOptions {
  /** URN, or pattern of it, of the only resource to update. @default all */
  readonly target?: string;
  /** Called for each event of the engine while it runs. @default none */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** Name of the project in Pulumi.yaml. */
const PROJECT = 'groundwork';

/** A Pulumi stack of the repository's program. */
export class Stack {
  readonly #name: string;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #installation: PulumiInstallation;
  readonly #program: PulumiProgram | undefined;

  /**
   * @param folder with Pulumi.yaml
   * @param program run in this process; undefined for the one that Pulumi.yaml names, run by the CLI
   */
  private constructor(
    name: string,
    folder: string,
    env: Readonly<Record<string, string>> = {},
    installation: PulumiInstallation = {},
    program?: PulumiProgram,
  ) {
    this.#name = name;
    this.#folder = folder;
    this.#installation = installation;
    this.#program = program;
    this.#env = {
      PULUMI_SKIP_UPDATE_CHECK: '1',
      PULUMI_ERROR_OUTPUT_STRING: '1', // an Output in a string is an error, not a warning in a manifest
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the language host uses the first node on PATH
      ...(installation.home === undefined ? {} : { PULUMI_HOME: installation.home }),
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
    program: PulumiProgram,
    installation: PulumiInstallation = {},
  ): Promise<Stack> {
    const folder = join(state, 'pulumi');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const env = {
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase(join(folder, 'passphrase')),
    };
    const stack = new Stack(environment, folder, env, installation, program);
    // A separate project, since the CLI writes to the project's config file, which must not be the repository's.
    writeFileSync(join(folder, 'Pulumi.yaml'), `name: ${PROJECT}\nruntime: nodejs\n`);
    if (!existsSync(join(folder, `Pulumi.${environment}.yaml`)))
      await stack.run(['stack', 'init', '--no-select', '--secrets-provider', 'passphrase']);
    const { providerVersion } = installation;
    const settings = { context, clusterIdentifier: kubeconfig, ...(providerVersion && { providerVersion }) };
    const values = Object.entries(settings).flatMap(([key, value]) => ['--plaintext', `${key}=${value}`]);
    await stack.run(['config', 'set-all', ...values]);
    // Set by a built engine, and not to be asked of one that was installed since.
    if (providerVersion === undefined) await stack.run(['config', 'rm', 'providerVersion']);
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
    return new Stack(name, root);
  }

  /**
   * Runs `pulumi` on the stack and returns its standard output.
   * @throws ConfigurationError with the end of its error output
   */
  public async run(args: readonly string[], input?: string): Promise<string> {
    const { root } = this.#installation;
    const cli = root === undefined ? 'pulumi' : join(root, 'bin/pulumi');
    const { failed, stdout, all, exitCode } = await execa(cli, [...args, '--non-interactive', '--stack', this.#name], {
      cwd: this.#folder,
      env: this.#env,
      reject: false,
      all: true,
      ...(input === undefined ? {} : { input }),
    });
    if (failed) throw failure(`pulumi ${args[0]}`, all, `it exited with ${exitCode}: fix what the message names`);
    return stdout;
  }

  /**
   * `pulumi up` without a preview.
   * @throws ConfigurationError with the errors, or the end of the engine's output
   */
  public async up({ target, onEvent }: UpOptions = {}): Promise<void> {
    const program = this.#program;
    if (program === undefined) {
      const targets = target === undefined ? [] : ['--target', target];
      return void (await this.run(['up', '--yes', '--skip-preview', '--suppress-outputs', ...targets]));
    }
    const { LocalWorkspace, PulumiCommand } = await import('@pulumi/pulumi/automation/index.js');
    const { root, home } = this.#installation;
    const stack = await LocalWorkspace.selectStack(
      { stackName: this.#name, projectName: PROJECT, program },
      {
        workDir: this.#folder,
        envVars: { ...this.#env },
        pulumiCommand: await PulumiCommand.get(root === undefined ? {} : { root }),
        ...(home === undefined ? {} : { pulumiHome: home }),
      },
    );
    const errors = new Set<string>(); // the engine reports that of a program twice
    const note = (event: EngineEvent): void => {
      if (event.diagnosticEvent?.severity === 'error') errors.add(plain(event.diagnosticEvent.message));
      onEvent?.(event);
    };
    try {
      const options = { onEvent: note, suppressOutputs: true, ...(target === undefined ? {} : { target: [target] }) };
      await withEnvironment(this.#env, () => stack.up(options)); // the program reads KUBECONFIG in this process
    } catch (error) {
      const text = errors.size > 0 ? [...errors].join('\n') : String(error);
      throw failure('pulumi up', text, 'fix what the message names, and run it again');
    }
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

function failure(where: string, output: string, fix: string): ConfigurationError {
  return new ConfigurationError({
    code: 'pulumi-failed',
    where,
    problem: output.trim().split('\n').slice(-40).join('\n'),
    fix,
  });
}

function passphrase(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
