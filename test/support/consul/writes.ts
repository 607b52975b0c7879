import { setTimeout as delay } from 'node:timers/promises';
import type { Ask } from '../port-forward.ts';
import type { ConsulTown } from './cluster.ts';

/** The forwarder has ended, as its pod has. */
const GONE = 'gone';

/** What came of the writes. */
export interface Written {
  readonly taken: number;
  /** Writes that a majority had not taken after a minute of tries. */
  readonly failed: readonly string[];
  /** Writes that were taken, and are not there afterwards. */
  readonly lost: readonly string[];
  /** How often a write was tried again. */
  readonly retries: number;
}

/** Writes numbers into Consul by way of an agent, one after another, each under a key of its own, and looks for all of them afterwards. */
export class Writes {
  readonly #town: ConsulTown;
  #retries = 0;

  public constructor(town: ConsulTown) {
    this.#town = town;
  }

  /** Writes while `work` runs. */
  public async during(work: () => Promise<unknown>): Promise<Written> {
    const headers = { 'X-Consul-Token': await this.#town.secret('consul-server', 'management') };
    const ending = new AbortController();
    const failed: string[] = [];
    let taken = 0;
    const folder = `writes-${Date.now()}`;
    const write = async (ask: Ask): Promise<void> => {
      while (!ending.signal.aborted) {
        const wrote = await this.#patiently(() =>
          ask(`/v1/kv/${folder}/${taken}`, { method: 'PUT', headers, body: 'x' }),
        );
        if (wrote === GONE) return; // the same number once more, by way of the next pod
        if (wrote !== 'true') failed.push(`${taken}: ${wrote}`);
        taken++;
        await delay(50);
      }
    };
    const writing = (async () => {
      while (!ending.signal.aborted) await this.#town.agent('users', write).catch(() => delay(500)); // no agent's pod yet
    })();
    try {
      await work();
    } finally {
      ending.abort();
      await writing;
    }
    const all = Array.from({ length: taken }, (_, number) => `${folder}/${number}`);
    const there = new Set((await this.#town.consul(`kv get -keys -separator='' ${folder}/`)).split('\n'));
    return { taken, failed, lost: all.filter((key) => !there.has(key)), retries: this.#retries };
  }

  /** As any client does while servers elect. */
  async #patiently(ask: () => Promise<{ status: number; body: string }>): Promise<string> {
    let said = '';
    for (const end = Date.now() + 60_000; Date.now() < end; await delay(200)) {
      try {
        const { status, body } = await ask();
        if (status === 200) return body;
        said = `${status} ${body}`;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return GONE;
        said = (error as Error).message;
      }
      this.#retries++;
    }
    return said;
  }
}
