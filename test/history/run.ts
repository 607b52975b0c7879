import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus } from '../../services/kit/events/index.ts';
import { createMetrics } from '../../services/kit/index.ts';
import { silentLog } from '../../services/kit/testing/run.ts';
import { fetchAs } from '../support/realm.ts';
import { until } from '../support/until.ts';
import { type Customer, CustomerClient } from './driver/client.ts';
import { openAccounts } from './driver/customers.ts';
import { drive } from './driver/drive.ts';
import { planIntents, SCARCE } from './driver/intents.ts';
import { collect } from './evidence/collect.ts';
import { query } from './evidence/databases.ts';
import type { Evidence, Planted } from './evidence/evidence.ts';
import { Figures } from './evidence/figures.ts';
import { plantPoison } from './evidence/poison.ts';
import { untilQuiescent } from './evidence/quiescence.ts';
import { Injector } from './faults/inject.ts';
import { planFaults } from './faults/plan.ts';
import { rollingRestart } from './faults/roll.ts';
import { SagaSteps } from './faults/saga-steps.ts';
import { History } from './history.ts';
import { type Random, randomOf } from './random.ts';
import type { Stack } from './stack/stack.ts';

/** Extent of one seed. */
export const EXTENT = {
  /** Milliseconds of orders and faults. */
  duration: 22_000,
  ordersPerSecond: 5,
  /** Orders per second during a rolling restart. */
  calmPerSecond: 4,
  customers: 5,
  /** Faults of processes and links; those at saga steps and of the servers come in addition. */
  faults: 75,
  /** Faults for each state of the saga. */
  perState: 1,
  /** Stock of a scarce product that is added. */
  scarce: 12,
  /** Milliseconds until everything must be done after the last fault. */
  quiescence: 90_000,
};

/** Stock of a product in the first migration of inventory. */
const PLENTY = 10_000;

/** A shop, and what happens to it seed by seed. */
export class Run {
  readonly #stack: Stack;
  readonly #client: CustomerClient;
  readonly #injector: Injector;
  readonly #steps: SagaSteps;
  readonly #figures: Figures;
  readonly #prometheus: ReturnType<typeof fetchAs>;
  readonly #initialStock = new Map<string, number>();
  readonly #planted: Planted[] = [];
  readonly #stop: AbortSignal;
  public readonly history: History;

  public constructor(stack: Stack, history: History, stop: AbortSignal) {
    this.#stack = stack;
    this.history = history;
    this.#stop = stop;
    this.#client = new CustomerClient(history, () => stack.registry.portsOf('gateway'));
    this.#injector = new Injector(stack, history);
    this.#steps = new SagaSteps(stack, history, this.#injector);
    this.#prometheus = fetchAs(stack.postgres.authority.issue('prometheus.test'));
    this.#figures = new Figures((url, init) => this.#prometheus.fetch(url, init));
  }

  /** Opens what lasts for all seeds. */
  public async open(): Promise<void> {
    const rows = await query<{ id: string }>(this.#stack.postgres, 'inventory', 'SELECT product_id AS id FROM stock');
    for (const { id } of rows) this.#initialStock.set(id, SCARCE.includes(id) ? 0 : PLENTY);
    await query(
      this.#stack.postgres,
      'inventory',
      `UPDATE stock SET available = 0 WHERE product_id IN (${SCARCE.map((id) => `'${id}'`).join()})`,
    );
    await this.#steps.open();
  }

  /** Orders and faults of one seed; resolves when every process and server runs again. */
  public async seed(seed: number): Promise<void> {
    const random = randomOf(`${seed}`);
    await this.#addStock();
    const customers = await openAccounts(this.#client, random.fork('customers'), EXTENT.customers);
    const { instances, links, postgresLinks, kafkaLink } = this.#stack;
    const targets = {
      instances: instances.map(({ name }) => name),
      links: [...links.keys(), ...[...postgresLinks.values()].map(({ name }) => name), kafkaLink.name],
    };
    const plan = planFaults(random.fork('faults'), targets, EXTENT.duration, EXTENT.faults);
    this.#steps.arm(random.fork('steps'), EXTENT.perState);
    const measuring = this.#measure();
    await Promise.all([
      this.#orders(customers, random.fork('orders'), 'faults', EXTENT.ordersPerSecond, EXTENT.duration),
      this.#injector.run(plan, this.#stop),
      this.#plant(random.fork('poison'), EXTENT.duration / 2),
    ]);
    this.#steps.disarm();
    await this.#injector.settled();
    await measuring.stop();
    await until(() => instances.every(({ name }) => this.#stack.registry.has(name)));
  }

  /** A rolling restart of all services under steady requests. */
  public async roll(seed: number): Promise<void> {
    const random = randomOf(`${seed}`).fork('rolling');
    const customers = await openAccounts(this.#client, random.fork('customers'), 2);
    const ending = new AbortController();
    const rolling = rollingRestart(this.#stack).finally(() => ending.abort());
    while (!ending.signal.aborted)
      await this.#orders(customers, random.fork(`${this.history.now()}`), 'rolling', EXTENT.calmPerSecond, 3000);
    await rolling;
  }

  /** Waits until no work is left, and reads what the run left behind. @returns also what is left */
  public async settle(): Promise<{ readonly evidence: Evidence; readonly left: readonly string[] }> {
    const left = await untilQuiescent(this.#stack.postgres, EXTENT.quiescence);
    await this.#figures.read(this.#stack.instances);
    const known = {
      history: this.history,
      planted: this.#planted,
      calls: this.#figures.calls,
      initialStock: this.#initialStock,
    };
    return { evidence: await collect(this.#stack, known, left.length > 0 ? 0 : EXTENT.quiescence), left };
  }

  public async close(): Promise<void> {
    await this.#steps.close();
    await this.#client.close();
    await this.#prometheus.close();
  }

  async #orders(
    customers: readonly Customer[],
    random: Random,
    phase: 'faults' | 'rolling',
    perSecond: number,
    duration: number,
  ): Promise<void> {
    this.#client.phase = phase;
    const intents = planIntents(random, duration, perSecond, customers.length);
    await drive(this.#client, customers, intents, this.#stop);
    this.#client.phase = 'calm';
  }

  async #addStock(): Promise<void> {
    for (const id of SCARCE) {
      this.#initialStock.set(id, (this.#initialStock.get(id) ?? 0) + EXTENT.scarce);
      await query(
        this.#stack.postgres,
        'inventory',
        `UPDATE stock SET available = available + ${EXTENT.scarce} WHERE product_id = '${id}'`,
      );
    }
  }

  async #plant(random: Random, after: number): Promise<void> {
    await delay(after, undefined, { signal: this.#stop });
    const env = this.#stack.kafka.env('admin');
    const bus = createKafkaBus({
      config: { KAFKA_BROKERS: env.KAFKA_BROKERS ?? '', IDENTITY_DIR: env.IDENTITY_DIR ?? '' },
      clientId: 'poison',
      log: silentLog,
      metrics: createMetrics('poison'),
    });
    const again = async (): Promise<readonly Planted[]> => plantPoison(bus, random).catch(() => again());
    this.#planted.push(...(await again()));
    await bus.close();
  }

  #measure(): { stop(): Promise<void> } {
    let stopped = false;
    const work = (async () => {
      while (!stopped) {
        await this.#figures.read(this.#stack.instances);
        await delay(3000, undefined, { ref: false });
      }
    })();
    return {
      stop: () => {
        stopped = true;
        return work;
      },
    };
  }
}

/** A history in a folder. */
export function historyIn(folder: string): History {
  return new History(join(folder, 'history.jsonl'));
}
