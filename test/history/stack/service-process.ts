import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EDITS_VARIABLE, type Edit, ROOT } from '../edits/edit.ts';

/** Milliseconds that a service may take to start: several may start at once on a busy machine. */
const START_LIMIT = 180_000;

/** Times that an instance may exit while it starts. */
const MAX_CRASHES = 20;

/** Loaded before the service. */
const HOOK = join(ROOT, 'test/history/edits/hook.ts');

/** What an instance of a service needs. */
export interface InstanceOptions {
  /** Service and number, such as `orders-1`. */
  readonly name: string;
  /** Name of its contract and folder. */
  readonly service: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: { readonly http: number; readonly probe: number; readonly metrics: number };
  readonly edits: readonly Edit[];
  /** File that its log is appended to. */
  readonly log: string;
  /** Called when it ends by itself. */
  onCrash(name: string, exit: string): void;
}

/** One instance of a service, in a process as its image runs it; one that ends by itself is started again. */
export class ServiceProcess {
  readonly #options: InstanceOptions;
  #running: ChildProcess | undefined;
  #wanted = false;
  #ready = false;
  /** Number of the current process, from 1. */
  public generation = 0;

  public constructor(options: InstanceOptions) {
    this.#options = options;
  }

  public get name(): string {
    return this.#options.name;
  }

  public get service(): string {
    return this.#options.service;
  }

  public get metricsPort(): number {
    return this.#options.ports.metrics;
  }

  /** Whether a process runs; a paused one does. */
  public get running(): boolean {
    return this.#running !== undefined;
  }

  /** Starts it, and waits until it is ready, or killed by a fault. @throws Error if it exits repeatedly, or takes longer than three minutes */
  public async start(): Promise<void> {
    this.#wanted = true;
    for (let crashes = 0; this.#wanted; crashes += 1) {
      const child = this.#spawn();
      if (await this.#untilReady(child)) return;
      if (crashes === MAX_CRASHES) throw new Error(`${this.name} cannot start; see ${this.#options.log}`);
      await delay(200);
    }
  }

  /** SIGKILL: nothing is finished. */
  public async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and waits until it has drained. */
  public async terminate(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGSTOP: it holds its connections and locks, and does nothing. */
  public pause(): void {
    this.#running?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  public resume(): void {
    this.#running?.kill('SIGCONT');
  }

  #spawn(): ChildProcess {
    const { service, env, ports, edits, log } = this.#options;
    const file = openSync(log, 'a');
    const child = spawn(process.execPath, ['--import', HOOK, join(ROOT, 'services', service, 'main.ts')], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ENVIRONMENT: 'test',
        PORT: `${ports.http}`,
        PROBE_PORT: `${ports.probe}`,
        METRICS_PORT: `${ports.metrics}`,
        [EDITS_VARIABLE]: JSON.stringify(edits),
        ...env,
      },
      stdio: ['pipe', file, file],
    });
    closeSync(file);
    this.#running = child;
    this.generation += 1;
    this.#ready = false;
    child.once('exit', (code, signal) => {
      this.#running = undefined;
      if (!this.#wanted) return;
      this.#options.onCrash(this.name, `${signal ?? code}`);
      if (this.#ready) void this.start().catch(() => undefined); // its callers see that it is not registered
    });
    return child;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#wanted = false;
    const child = this.#running;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGTERM') child.kill('SIGCONT');
    await ended;
  }

  /** @returns false if the process has exited */
  async #untilReady(child: ChildProcess): Promise<boolean> {
    const { name, ports, log } = this.#options;
    for (const end = performance.now() + START_LIMIT; performance.now() < end; await delay(50)) {
      if (child.exitCode !== null || child.signalCode !== null) return false;
      const answer = await fetch(`http://127.0.0.1:${ports.probe}/healthz/ready`, {
        signal: AbortSignal.timeout(1000),
      }).catch(() => undefined);
      await answer?.body?.cancel();
      if (!answer?.ok) continue;
      this.#ready = true;
      return true;
    }
    throw new Error(`${name} was not ready within ${START_LIMIT} ms; see ${log}`);
  }
}
