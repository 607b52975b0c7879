import { setTimeout as delay } from 'node:timers/promises';
import type { Ask } from '../../../infra/deploy/index.ts';
import type { ConsulTestSystem } from './cluster.ts';

/** The port forwarding has ended, as its pod has. */
const GONE = 'gone';

/** Result of the writes. */
export interface Written {
  readonly taken: number;
  /** Writes without the confirmation of a majority after a minute of retries. */
  readonly failed: readonly string[];
  /** Confirmed writes that are missing afterwards. */
  readonly lost: readonly string[];
  /** Number of retries. */
  readonly retries: number;
}

/**
 * Writes numbers to Consul through an agent, one after another, each under its own key, and reads all of them
 * afterwards.
 */
export class Writes {
  readonly #system: ConsulTestSystem;
  #retries = 0;

  public constructor(system: ConsulTestSystem) {
    this.#system = system;
  }

  /** Writes while `work` runs. */
  public async during(work: () => Promise<unknown>): Promise<Written> {
    const headers = { 'X-Consul-Token': await this.#system.secret('consul-server', 'management') };
    const ending = new AbortController();
    const failed: string[] = [];
    let taken = 0;
    const folder = `writes-${Date.now()}`;
    const write = async (ask: Ask): Promise<void> => {
      while (!ending.signal.aborted) {
        const wrote = await this.#patiently(() =>
          ask(`/v1/kv/${folder}/${taken}`, { method: 'PUT', headers, body: 'x' }),
        );
        if (wrote === GONE) return; // the same number again, through the next pod
        if (wrote !== 'true') failed.push(`${taken}: ${wrote}`);
        taken++;
        await delay(50);
      }
    };
    const writing = (async () => {
      // No agent's pod yet.
      while (!ending.signal.aborted) await this.#system.agent('users', write).catch(() => delay(500));
    })();
    try {
      await work();
    } finally {
      ending.abort();
      await writing;
    }
    const all = Array.from({ length: taken }, (_, number) => `${folder}/${number}`);
    const there = new Set((await this.#system.consul(`kv get -keys -separator='' ${folder}/`)).split('\n'));
    return { taken, failed, lost: all.filter((key) => !there.has(key)), retries: this.#retries };
  }

  /** Retries as any client does during a leader election. */
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
