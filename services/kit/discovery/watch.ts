import { backOff, pause } from '../background/backoff.ts';
import { reasonOf } from '../background/reason.ts';
import type { Logger } from '../log/logger.ts';
import type { Consul } from './consul.ts';

/** An instance that passes its check. */
export interface Known {
  /** `host:port`. */
  readonly address: string;
  /** Calls of this process that are under way. */
  calls: number;
}

/** How long Consul holds a question while nothing changes. */
const HOLD = '30s';
/** How long what was known is good for once Consul is away: pods come and go, and the cluster's own address follows them. */
const STALE = 60_000;

interface Entry {
  readonly Node: { readonly Address: string };
  readonly Service: { readonly Address: string; readonly Port: number };
}

/** The healthy instances of one service, kept up to date by questions that Consul answers when something changes. */
export class ServiceWatch {
  readonly #consul: Consul;
  readonly #service: string;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;
  #known: readonly Known[] = [];
  #awaySince: number | undefined;
  #turn = 0;

  public constructor(consul: Consul, service: string, log: Logger) {
    this.#consul = consul;
    this.#service = service;
    this.#log = log;
    this.#work = this.#follow();
  }

  /** True while Consul doesn't answer. */
  public get away(): boolean {
    return this.#awaySince !== undefined;
  }

  /** The instance with the fewest calls under way, in turn among equals; undefined when none is known. */
  public leastBusy(): Known | undefined {
    if (this.#awaySince !== undefined && performance.now() - this.#awaySince > STALE) return undefined;
    const fewest = Math.min(...this.#known.map(({ calls }) => calls));
    const free = this.#known.filter(({ calls }) => calls === fewest);
    this.#turn += 1;
    return free[this.#turn % free.length];
  }

  public async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    let index = 0;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const answer = await this.#consul.ask('GET', `/v1/health/service/${this.#service}`, {
          query: { passing: 'true', index: `${index}`, wait: HOLD },
          signal,
          timeout: 45_000,
        });
        this.#take(answer.body as readonly Entry[]);
        failures = 0;
        // An index that goes back belongs to a Consul that was restored: from the start then.
        index = answer.index < index ? 0 : answer.index;
        if (index === 0) await pause(1000, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#awaySince ??= performance.now();
        index = 0;
        failures += 1;
        this.#log.warn({ service: this.#service, reason: reasonOf(error), failures }, 'Consul does not answer');
        await backOff(failures, signal);
      }
    }
  }

  #take(entries: readonly Entry[]): void {
    this.#awaySince = undefined;
    const before = new Map(this.#known.map((one) => [one.address, one]));
    this.#known = entries.map(({ Node, Service }) => {
      const address = `${Service.Address || Node.Address}:${Service.Port}`;
      return before.get(address) ?? { address, calls: 0 };
    });
  }
}
