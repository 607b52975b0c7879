import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pulumiFromModules } from '@groundwork/local';
import {
  type EngineEvent,
  LocalWorkspace,
  type OpMap,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation/index.js';
import { execa } from 'execa';
import { installedPulumi, type PulumiInstallation } from '../../infra/deploy/pulumi-installation.ts';
import { withEnvironment } from '../../infra/tools/environment.ts';
import { temporaryFolder } from './temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PASSPHRASE = 'test';
/** Variable of every process that Pulumi starts. */
const BACKEND = 'PULUMI_BACKEND_URL';

let installation: Promise<PulumiInstallation> | undefined;
/** Pulumi as it is installed, or else built from its Go modules. */
export function pulumi(): Promise<PulumiInstallation> {
  installation ??= installedPulumi().then((found) =>
    'lacks' in found ? pulumiFromModules({ step: () => {}, say: () => {}, skipped: () => {} }) : found,
  );
  return installation;
}

/** Variables for `pulumi` with its state in a folder. */
export async function environmentOf(folder: string, kubeconfig: string): Promise<Record<string, string>> {
  const { root: cli, home } = await pulumi();
  const bin = cli === undefined ? [] : [join(cli, 'bin'), languageHost()];
  return {
    KUBECONFIG: kubeconfig,
    [BACKEND]: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_ERROR_OUTPUT_STRING: '1',
    PULUMI_SKIP_UPDATE_CHECK: '1',
    ...(home === undefined ? {} : { PULUMI_HOME: home }),
    PATH: [...bin, dirname(process.execPath), process.env.PATH].join(delimiter), // the language host uses the first node
  };
}

/** A folder with a `pulumi-language-nodejs` for PATH. */
function languageHost(): string {
  const folder = temporaryFolder('language-host');
  const file = join(folder, 'pulumi-language-nodejs');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/support/language-host.ts')}' "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

export interface InlineOptions {
  readonly kubeconfig: string;
  /** @default 'dev' */
  readonly name?: string;
  /** State and configuration. @default a new one */
  readonly folder?: string;
  /** @default that of these tests */
  readonly passphrase?: string;
}

/** A stack whose program is a function of the test. */
export class InlineStack {
  public readonly folder: string;
  readonly #stack: Stack;
  /** Of a shell for the program, which runs in this process. */
  readonly #variables: Readonly<Record<string, string>>;

  private constructor(folder: string, stack: Stack, variables: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#stack = stack;
    this.#variables = variables;
  }

  public static async open(program: PulumiFn, options: InlineOptions): Promise<InlineStack> {
    const { name = 'dev', passphrase = PASSPHRASE, kubeconfig } = options;
    const folder = options.folder ?? temporaryFolder('pulumi-state');
    const { root: cli, home, providerVersion } = await pulumi();
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: 'groundwork', program },
      {
        workDir: folder,
        secretsProvider: 'passphrase',
        envVars: { ...(await environmentOf(folder, kubeconfig)), PULUMI_CONFIG_PASSPHRASE: passphrase },
        pulumiCommand: await PulumiCommand.get(cli === undefined ? {} : { root: cli }),
        ...(home === undefined ? {} : { pulumiHome: home }),
      },
    );
    if (providerVersion !== undefined) await stack.setConfig('providerVersion', { value: providerVersion });
    return new InlineStack(folder, stack, { KUBECONFIG: kubeconfig, PROVIDER_VERSION: providerVersion ?? '' });
  }

  /** `NAME=value` of a variable that only the processes of this stack have. */
  public get backend(): string {
    return `${BACKEND}=file://${this.folder}`;
  }

  public async configure(values: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, value] of Object.entries(values)) await this.#stack.setConfig(key, { value });
  }

  public async setSecret(path: string, value: string): Promise<void> {
    await this.#stack.setConfig(path, { value, secret: true }, true);
  }

  /** Number of resources by operation. @throws Error with the engine's output */
  public async up(program?: PulumiFn, onEvent?: (event: EngineEvent) => void): Promise<OpMap> {
    this.#use(program);
    const options = { suppressOutputs: true, ...(onEvent && { onEvent }) };
    const { summary } = await withEnvironment(this.#variables, () => this.#stack.up(options));
    return summary.resourceChanges ?? {};
  }

  public async preview(program?: PulumiFn): Promise<{ readonly changes: OpMap; readonly output: string }> {
    this.#use(program);
    const { changeSummary, stdout, stderr } = await withEnvironment(this.#variables, () => this.#stack.preview());
    return { changes: changeSummary, output: stdout + stderr };
  }

  /** Removes the lock of a run that was killed, as `pulumi cancel` does. */
  public async unlock(): Promise<void> {
    await this.#stack.cancel();
  }

  public async refresh(): Promise<OpMap> {
    return (await this.#stack.refresh({})).summary.resourceChanges ?? {};
  }

  public async destroy(): Promise<OpMap> {
    return (await this.#stack.destroy({})).summary.resourceChanges ?? {};
  }

  /** Names of the Kubernetes objects in the state, such as `Deployment/shop-dev/users`. */
  public async objects(): Promise<readonly string[]> {
    const { deployment } = await this.#stack.exportStack();
    const resources: readonly { urn: string; type: string }[] = deployment.resources ?? [];
    return resources
      .filter(({ type }) => type.startsWith('kubernetes:'))
      .map(({ urn }) => urn.split('::').at(-1) ?? urn)
      .sort();
  }

  #use(program: PulumiFn | undefined): void {
    if (program !== undefined) this.#stack.workspace.program = program;
  }
}

/** Numbers of resources that a run created, updated and so on, from Pulumi's summary. */
export type Summary = Readonly<Record<string, number>>;

/** A Pulumi project of these files, for the `pulumi` CLI as a user calls it. */
export class Project {
  public readonly folder: string;
  /** Variables of a shell for the project. */
  public readonly environment: Readonly<Record<string, string>>;

  private constructor(folder: string, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.environment = environment;
  }

  /** @param files contents by path */
  public static async of(files: Readonly<Record<string, string>>, kubeconfig: string): Promise<Project> {
    const folder = temporaryFolder('pulumi');
    mkdirSync(join(folder, 'state'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    for (const path of ['infra', 'services', 'constructs', 'node_modules'])
      symlinkSync(join(root, path), join(folder, path));
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const { providerVersion = '' } = await pulumi();
    const environment = await environmentOf(join(folder, 'state'), kubeconfig);
    return new Project(folder, { ...environment, PROVIDER_VERSION: providerVersion });
  }

  /** `NAME=value` of a variable that only the processes of this project have. */
  public get backend(): string {
    return `${BACKEND}=${this.environment[BACKEND]}`;
  }

  /** Runs a shell command in the project, and returns its exit code and output. */
  public async run(command: string): Promise<{ readonly exitCode: number; readonly output: string }> {
    const { exitCode, all } = await execa('bash', ['-c', command], {
      cwd: this.folder,
      env: this.environment,
      reject: false,
      all: true,
    });
    return { exitCode: exitCode ?? 1, output: all };
  }

  /**
   * Runs `pulumi`.
   * @throws Error with its output when it fails
   */
  public async pulumi(command: string): Promise<{ readonly output: string; readonly summary: Summary }> {
    const { exitCode, output } = await this.run(`pulumi ${command} --non-interactive`);
    if (exitCode !== 0) throw new Error(`pulumi ${command} exited with ${exitCode}:\n${output}`);
    const lines = output
      .slice(output.lastIndexOf('Resources:'))
      .matchAll(/(\d+) (?:to )?(create|update|replace|delete|unchanged)/g);
    return {
      output,
      summary: Object.fromEntries([...lines].map(([, count, what]) => [what as string, Number(count)])),
    };
  }
}
