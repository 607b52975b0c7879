import type { fetchAs } from '../../support/realm.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { CallFigures } from './evidence.ts';

/** Milliseconds to wait for the metrics of one process: a paused one does not answer. */
const TIMEOUT = 1000;

/** Collects each process's calls and retries while it lives; a killed one takes its last figures with it. */
export class Figures {
  readonly #fetch: ReturnType<typeof fetchAs>['fetch'];
  readonly #last = new Map<string, CallFigures>();

  /** @param fetch as the account `prometheus` */
  public constructor(fetch: ReturnType<typeof fetchAs>['fetch']) {
    this.#fetch = fetch;
  }

  /** Last figures of each process and callee. */
  public get calls(): readonly CallFigures[] {
    return [...this.#last.values()];
  }

  /** Reads the metrics of all processes that answer. */
  public async read(instances: readonly ServiceProcess[]): Promise<void> {
    await Promise.all(
      instances.filter(({ running }) => running).map((instance) => this.#readOne(instance).catch(() => undefined)),
    );
  }

  async #readOne({ name: instance, metricsPort, generation }: ServiceProcess): Promise<void> {
    const answer = await this.#fetch(`https://127.0.0.1:${metricsPort}/metrics`, {
      signal: AbortSignal.timeout(TIMEOUT),
    });
    for (const [callee, { requests, retries }] of callsIn(await answer.text()))
      this.#last.set(`${instance} ${generation} ${callee}`, { instance, generation, callee, requests, retries });
  }
}

/** Requests and retries by callee, in Prometheus's text format. */
export function callsIn(text: string): Map<string, { requests: number; retries: number }> {
  const found = new Map<string, { requests: number; retries: number }>();
  for (const [, what, labels, value] of text.matchAll(/^http_client_(requests|retries)_total\{(.*)\} (\d+)$/gm)) {
    const callee = /callee="([^"]*)"/.exec(labels ?? '')?.[1] ?? '';
    const figures = found.get(callee) ?? { requests: 0, retries: 0 };
    figures[what as 'requests' | 'retries'] += Number(value);
    found.set(callee, figures);
  }
  return found;
}
