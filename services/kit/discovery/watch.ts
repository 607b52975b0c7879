import { isIPv6 } from 'node:net';
import { backOff, pause, reasonOf } from '../background/retry.ts';
import type { Logger } from '../log/logger.ts';
import type { Consul } from './consul.ts';

/** An instance that passes its health check. */
export interface HealthyInstance {
  /** `host:port`. */
  readonly address: string;
  /** Calls of this process in progress. */
  calls: number;
}

/** How long Consul holds a blocking query while nothing changes. */
const WAIT = '30s';
/** Milliseconds for which known instances are used while Consul is unavailable; the Kubernetes Service then has the newer ones. */
const STALE_AFTER = 60_000;

interface Entry {
  readonly Node: { readonly Address: string };
  readonly Service: { readonly Address: string; readonly Port: number };
}

/** The healthy instances of one service, kept up to date by blocking queries. */
export class ServiceWatch {
  readonly #consul: Consul;
  readonly #service: string;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>;
  #known: readonly HealthyInstance[] = [];
  #unavailableSince: number | undefined;
  #turn = 0;

  public constructor(consul: Consul, service: string, log: Logger) {
    this.#consul = consul;
    this.#service = service;
    this.#log = log;
    this.#work = this.#follow();
  }

  /** Whether Consul does not answer. */
  public get unavailable(): boolean {
    return this.#unavailableSince !== undefined;
  }

  /**
   * The usable instance with the fewest calls in progress, round robin among equals; of all instances, if none is
   * usable. Undefined if none is known.
   */
  public leastBusy(isUsable: (instance: HealthyInstance) => boolean): HealthyInstance | undefined {
    if (this.#unavailableSince !== undefined && performance.now() - this.#unavailableSince > STALE_AFTER)
      return undefined;
    const usable = this.#known.filter(isUsable);
    const candidates = usable.length === 0 ? this.#known : usable;
    const fewest = Math.min(...candidates.map(({ calls }) => calls));
    const free = candidates.filter(({ calls }) => calls === fewest);
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
          query: { passing: 'true', index: `${index}`, wait: WAIT },
          signal,
          timeout: 45_000,
        });
        this.#update(answer.body as readonly Entry[]);
        failures = 0;
        // The index goes back after Consul was restored: start from 0.
        index = answer.index < index ? 0 : answer.index;
        if (index === 0) await pause(1000, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#unavailableSince ??= performance.now();
        index = 0;
        failures += 1;
        this.#log.warn({ service: this.#service, reason: reasonOf(error), failures }, 'Consul does not answer');
        await backOff(failures, signal);
      }
    }
  }

  #update(entries: readonly Entry[]): void {
    this.#unavailableSince = undefined;
    const before = new Map(this.#known.map((one) => [one.address, one]));
    this.#known = entries.map(({ Node, Service }) => {
      const host = Service.Address || Node.Address;
      const address = `${isIPv6(host) ? `[${host}]` : host}:${Service.Port}`;
      return before.get(address) ?? { address, calls: 0 };
    });
  }
}
