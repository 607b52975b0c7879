import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { chooseCluster } from '../../infra/cli/drivers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const images = join(root, '.groundwork/images.dev.json');

/** Kubeconfig of the cluster to try the stacks on: GROUNDWORK_TEST_KUBECONFIG, or the embedded cluster if it runs. */
async function kubeconfig(): Promise<string | undefined> {
  const { driver } = await chooseCluster({ wanted: 'embedded' }).catch(() => ({ driver: undefined }));
  return process.env.GROUNDWORK_TEST_KUBECONFIG ?? (await driver?.find())?.kubeconfig;
}

/**
 * What a run on the real engine needs and this machine lacks, or the kubeconfig.
 * @param needs whether the shop's images have to be loaded; a program of one's own has none
 */
export async function realEngine(
  needs: { readonly images: boolean } = { images: true },
): Promise<{ readonly lacks: string } | { readonly kubeconfig: string }> {
  const { failed, stdout } = await execa('pulumi', ['plugin', 'ls', '--json'], { reject: false, timeout: 10_000 });
  if (failed) return { lacks: 'no `pulumi` CLI on PATH' };
  if (!(JSON.parse(stdout) as { name: string }[]).some(({ name }) => name === 'kubernetes'))
    return { lacks: 'the Pulumi CLI has no Kubernetes provider' };
  const file = await kubeconfig();
  if (file === undefined)
    return { lacks: 'no embedded cluster runs (`npm start` brings it up), and GROUNDWORK_TEST_KUBECONFIG is not set' };
  return !needs.images || existsSync(images)
    ? { kubeconfig: file }
    : { lacks: 'no images of dev are loaded (`npm start` builds and loads them)' };
}

/** How many resources a run created, updated and so on, as Pulumi sums them up. */
export type Summary = Readonly<Record<string, number>>;

/** A Pulumi project with a state of its own: the repository's, with stacks of its own to edit, or one of these files. */
export class Project {
  public readonly folder = mkdtempSync(join(tmpdir(), 'groundwork-pulumi-'));
  readonly #env: Readonly<Record<string, string>>;

  /** @param files by path, in place of the repository's own program */
  public constructor(kubeconfig: string, files?: Readonly<Record<string, string>>) {
    const own = files === undefined ? ['Pulumi.yaml', 'package.json', 'stacks'] : ['package.json'];
    for (const path of own) cpSync(join(root, path), join(this.folder, path), { recursive: true });
    for (const [path, text] of Object.entries(files ?? {})) writeFileSync(join(this.folder, path), text);
    for (const path of ['infra', 'services', 'constructs', 'node_modules'])
      symlinkSync(join(root, path), join(this.folder, path));
    mkdirSync(join(this.folder, 'state'));
    mkdirSync(join(this.folder, '.groundwork'));
    if (files === undefined) cpSync(images, join(this.folder, '.groundwork/images.dev.json'));
    this.#env = {
      KUBECONFIG: kubeconfig,
      PULUMI_BACKEND_URL: `file://${join(this.folder, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_ERROR_OUTPUT_STRING: '1',
      PULUMI_SKIP_UPDATE_CHECK: '1',
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), // the language host takes the first node
    };
  }

  /** For what runs `pulumi` in this process: as if somebody had set up a shell for the project. */
  public get environment(): Readonly<Record<string, string>> {
    return this.#env;
  }

  /** Runs a shell command in the project, and gives its exit code and all that it printed. */
  public async run(command: string): Promise<{ readonly exitCode: number; readonly output: string }> {
    const { exitCode, all } = await execa('bash', ['-c', command], {
      cwd: this.folder,
      env: this.#env,
      reject: false,
      all: true,
    });
    return { exitCode: exitCode ?? 1, output: all };
  }

  /** Runs `pulumi`. @throws Error with all that it printed when it fails */
  public async pulumi(command: string): Promise<{ readonly output: string; readonly summary: Summary }> {
    const { exitCode, output } = await this.run(`pulumi ${command} --non-interactive`);
    if (exitCode !== 0) throw new Error(`pulumi ${command} ended with ${exitCode}:\n${output}`);
    const lines = output
      .slice(output.lastIndexOf('Resources:'))
      .matchAll(/(\d+) (?:to )?(create|update|replace|delete|unchanged)/g);
    return {
      output,
      summary: Object.fromEntries([...lines].map(([, count, what]) => [what as string, Number(count)])),
    };
  }

  /** Replaces text in a file of the stacks. */
  public edit(file: string, from: string, to: string): void {
    const path = join(this.folder, 'stacks', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no '${from}'`);
    writeFileSync(path, text.replace(from, to));
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
