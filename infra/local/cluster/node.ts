import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { until } from '../../tools/wait.ts';
import { makeCgroups, prepareSysctls } from './kernel.ts';
import { type Layout, network } from './layout.ts';

/** Time for pods to terminate before they are killed; `init.sh` allows them 5 s. */
const STOP_TIMEOUT_MS = 15_000;

/** The node: its init process, which holds its namespaces, and the proxy into its network. */
export class Node {
  readonly #layout: Layout;

  public constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Process id of the node's init on this machine, or undefined if the node does not run. */
  public get pid(): number | undefined {
    const file = join(this.#layout.run, 'init.pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    // Process ids are reused: the command line must name our folder.
    return pid > 0 && commandLine(pid).includes(this.#init) ? pid : undefined;
  }

  /** Command and first arguments to run a command inside the node. */
  public get enter(): readonly [string, ...string[]] {
    return ['nsenter', '--target', `${this.pid}`, '--mount', '--net', '--pid', '--uts', '--'];
  }

  /** Starts the node with the configuration in the run folder. Returns once its network is up. */
  public async start(): Promise<void> {
    const { run, log, cgroup } = this.#layout;
    await Promise.all([mkdir(run, { recursive: true }), mkdir(log, { recursive: true })]);
    await rm(join(run, 'init.pid'), { force: true });
    await prepareSysctls();
    await makeCgroups(cgroup);
    // A copy: bash reads a script while it runs it, so an edit would affect a running node.
    await copyFile(join(import.meta.dirname, 'node/init.sh'), this.#init);
    detach(
      'unshare',
      ['--mount', '--net', '--pid', '--uts', '--fork', '--', 'bash', this.#init, run],
      join(log, 'init.log'),
    );
    const inNode = async (): Promise<boolean> =>
      this.pid !== undefined &&
      !(await execa(this.enter[0], [...this.enter.slice(1), 'ip', 'link', 'show', 'node0'], { reject: false })).failed;
    if (!(await until(inNode, 10_000))) throw new Error(`the node did not start; see ${join(log, 'init.log')}`);
  }

  /** Starts the proxy: two ports on this machine's loopback that are forwarded into the node. It exits with the node. */
  public startProxy(kube: string): void {
    const { apiPort, httpPort, log } = this.#layout;
    detach(
      kube,
      [
        'door',
        `${this.pid}`,
        `127.0.0.1:${apiPort}=${network.node}:6443`,
        `127.0.0.1:${httpPort}=${network.node}:${network.nodePort}`,
      ],
      join(log, 'proxy.log'),
    );
  }

  /** Stops the node with all its processes, mounts and interfaces. Returns whether it ran. */
  public async stop(): Promise<boolean> {
    const { pid } = this;
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      if (!(await until(() => ended(pid), STOP_TIMEOUT_MS))) process.kill(pid, 'SIGKILL');
      await until(() => ended(pid), STOP_TIMEOUT_MS);
    }
    await rm(join(this.#layout.run, 'init.pid'), { force: true });
    return pid !== undefined;
  }

  get #init(): string {
    return join(this.#layout.run, 'init.sh');
  }
}

/** Starts a background process in its own session. */
function detach(file: string, args: readonly string[], log: string): void {
  const output = openSync(log, 'a');
  spawn(file, args, { detached: true, stdio: ['ignore', output, output] }).unref();
  closeSync(output);
}

function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Whether a process has ended. The kernel first ends all others of its namespace; its command line is empty before that. */
function ended(pid: number): boolean {
  try {
    const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z'; // only its parent has not reaped it yet
  } catch {
    return true;
  }
}
