import { setTimeout as delay } from 'node:timers/promises';
import type { History } from '../history.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { Stack } from '../stack/stack.ts';
import type { Link } from '../stack/toxiproxy.ts';
import type { Fault, PlannedFault } from './plan.ts';

/** Faults of a plan at the same time: on a slow machine each takes longer, and some requests must succeed. */
const MAX_RUNNING = 4;

/** Carries out faults on a stack, and records them; each target has one at a time. */
export class Injector {
  readonly #stack: Stack;
  readonly #history: History;
  readonly #busy = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  public constructor(stack: Stack, history: History) {
    this.#stack = stack;
    this.#history = history;
  }

  /** Carries out a plan; resolves when its last fault has begun. A fault whose target is busy is left out. */
  public async run(plan: readonly PlannedFault[], stop: AbortSignal): Promise<void> {
    const begun = performance.now();
    for (const fault of plan) {
      await delay(Math.max(0, fault.at - (performance.now() - begun)), undefined, { signal: stop });
      while (this.#running.size >= MAX_RUNNING) await Promise.race(this.#running);
      this.begin(fault);
    }
  }

  /** Begins a fault unless its target has one. */
  public begin(planned: Omit<PlannedFault, 'at'>): void {
    const { fault, target } = planned;
    if (this.#busy.has(target)) return;
    this.#busy.add(target);
    const at = this.#history.now();
    const work = this.#carryOut(planned)
      .catch((error: unknown) => void this.#failures.push(error))
      .finally(() => {
        this.#busy.delete(target);
        this.#running.delete(work);
        this.#history.add({ kind: 'fault', at, until: this.#history.now(), fault, target });
      });
    this.#running.add(work);
  }

  /** Resolves when no fault is left. @throws the first failure of a fault's end: a process or server that does not start again */
  public async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #carryOut({ fault, target, duration, amount }: Omit<PlannedFault, 'at'>): Promise<void> {
    const { postgres, kafka } = this.#stack;
    switch (fault) {
      case 'kill':
      case 'pause':
      case 'restart':
        return onProcess(this.#instance(target), fault, duration);
      case 'postgres-stop':
      case 'postgres-crash':
        return restarted(
          () => postgres.stop(fault === 'postgres-crash' ? 'immediate' : 'fast'),
          () => postgres.start(),
          duration,
        );
      case 'kafka-kill':
        return restarted(
          () => kafka.stop(),
          () => kafka.start(),
          duration,
        );
      default:
        return onLink(this.#link(target), fault, duration, amount);
    }
  }

  #instance(name: string): ServiceProcess {
    return this.#stack.instances.find((instance) => instance.name === name) as ServiceProcess;
  }

  #link(name: string): Link {
    const { links, postgresLinks, kafkaLink } = this.#stack;
    return [...links.values(), ...postgresLinks.values(), kafkaLink].find((link) => link.name === name) as Link;
  }
}

async function onProcess(instance: ServiceProcess, fault: 'kill' | 'pause' | 'restart', duration: number) {
  if (fault === 'pause') {
    instance.pause();
    await delay(duration);
    return instance.resume();
  }
  await (fault === 'kill' ? instance.kill() : instance.terminate());
  await instance.start();
}

async function restarted(stop: () => Promise<void>, start: () => Promise<void>, duration: number): Promise<void> {
  await stop();
  await delay(duration);
  await start();
}

async function onLink(link: Link, fault: Fault, duration: number, amount: number): Promise<void> {
  if (fault === 'delay') await link.delay(amount);
  else if (fault === 'drop') await link.drop();
  else if (fault === 'cut') await link.cut();
  else await link.truncate(amount);
  await delay(duration);
  await link.heal();
}
