import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { until } from '../../tools/wait.ts';
import { makeCgroups, prepareSysctls } from './kernel.ts';
import { type Layout, network } from './layout.ts';

/** How long the pods have to end before the kernel ends them; `init.sh` gives them 5 s. */
const STOP_TIMEOUT_MS = 15_000;

/** The node: its init process, which holds its namespaces, and the door into its network. */
export class Node {
  readonly #layout: Layout;

  public constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Process id of the node's init on this machine, or undefined if the node does not run. */
  public get pid(): number | undefined {
    const file = join(this.#layout.run, 'init.pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    // Alive, and still ours: process ids are used again. Its command line names our folder.
    return pid > 0 && commandLine(pid).includes(this.#init) ? pid : undefined;
  }

  /** Command and first arguments that run a command inside the node. */
  public get enter(): readonly [string, ...string[]] {
    return ['nsenter', '--target', `${this.pid}`, '--mount', '--net', '--pid', '--uts', '--'];
  }

  /** Starts the node; its configuration is in the run folder already. Returns once its network is up. */
  public async start(): Promise<void> {
    const { run, log, cgroup } = this.#layout;
    await Promise.all([mkdir(run, { recursive: true }), mkdir(log, { recursive: true })]);
    await rm(join(run, 'init.pid'), { force: true });
    await prepareSysctls();
    await makeCgroups(cgroup);
    // A copy: bash reads a script as it goes, and an edit of it would reach into a running node.
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

  /** Opens the door: two ports on this machine's loopback that lead into the node. It ends with the node. */
  public openDoor(kube: string): void {
    const { apiPort, httpPort, log } = this.#layout;
    detach(
      kube,
      [
        'door',
        `${this.pid}`,
        `127.0.0.1:${apiPort}=${network.node}:6443`,
        `127.0.0.1:${httpPort}=${network.node}:${network.nodePort}`,
      ],
      join(log, 'door.log'),
    );
  }

  /** Ends the node, and with it every process, mount and interface it has. Returns whether it ran. */
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

/** Starts a process that outlives us, in a session of its own. */
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

/** Whether a process is over and done with. The kernel first ends all others of its namespace; its command line goes before that. */
function ended(pid: number): boolean {
  try {
    const [, state] = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z'; // only its parent has yet to hear of it
  } catch {
    return true;
  }
}
