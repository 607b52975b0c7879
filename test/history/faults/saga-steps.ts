import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { History } from '../history.ts';
import type { Random } from '../random.ts';
import type { Stack } from '../stack/stack.ts';
import type { Injector } from './inject.ts';

/** Announces each state of a saga when its transaction commits. */
const TRIGGER = `CREATE FUNCTION announce_saga() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sagas', json_build_object('orderId', NEW.order_id, 'state', NEW.state)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER sagas_announce AFTER INSERT OR UPDATE OF state ON sagas FOR EACH ROW EXECUTE FUNCTION announce_saga();
GRANT EXECUTE ON FUNCTION announce_saga() TO PUBLIC;`;

/** Services that may be in the middle of what a state begins or ended with. Which process it is, is not known. */
const INVOLVED: Readonly<Record<string, readonly string[]>> = {
  reserving: ['orders', 'inventory'],
  capturing: ['orders', 'payments'],
  confirming: ['orders', 'inventory'],
  refunding: ['orders', 'payments'],
  releasing: ['orders', 'inventory'],
  confirmed: ['orders'],
  canceled: ['orders'],
  'payment-reversed': ['orders', 'notifications'],
};

/** Follows the states of all sagas, records them, and hits a process that may be at work on a state, once per state and seed. */
export class SagaSteps {
  readonly #stack: Stack;
  readonly #history: History;
  readonly #injector: Injector;
  #client: pg.Client | undefined;
  #random: Random | undefined;
  #left = new Map<string, number>();
  #closed = false;

  public constructor(stack: Stack, history: History, injector: Injector) {
    this.#stack = stack;
    this.#history = history;
    this.#injector = injector;
  }

  /** Adds the trigger, and follows until closed. */
  public async open(): Promise<void> {
    const client = new pg.Client(this.#stack.postgres.admin('orders'));
    await client.connect();
    await client.query(TRIGGER);
    await client.end();
    await this.#follow();
  }

  /** Hits processes from now on. @param times faults for each state */
  public arm(random: Random, times: number): void {
    this.#random = random;
    this.#left = new Map(Object.keys(INVOLVED).map((state) => [state, times]));
  }

  /** Hits nothing any more. */
  public disarm(): void {
    this.#random = undefined;
  }

  public async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.end();
  }

  async #follow(): Promise<void> {
    const client = new pg.Client(this.#stack.postgres.admin('orders'));
    client.on('notification', ({ payload }) => this.#reached(JSON.parse(payload ?? '{}')));
    client.on('error', () => undefined); // `end` follows
    await client.connect();
    await client.query('LISTEN sagas');
    client.once('end', () => void this.#again());
    this.#client = client;
  }

  /** Postgres was stopped: follows again as soon as it answers. */
  async #again(): Promise<void> {
    while (!this.#closed) {
      await delay(100);
      if (
        await this.#follow().then(
          () => true,
          () => false,
        )
      )
        return;
    }
  }

  #reached({ orderId, state }: { readonly orderId: string; readonly state: string }): void {
    this.#history.add({ kind: 'saga', at: this.#history.now(), orderId, state });
    const left = this.#left.get(state) ?? 0;
    const random = this.#random;
    // Not always the first one: early orders wait for nothing yet.
    if (random === undefined || left === 0 || !random.chance(0.3)) return;
    this.#left.set(state, left - 1);
    const service = random.pick(INVOLVED[state] ?? ['orders']);
    const fault = random.chance(0.75) ? 'kill' : 'pause';
    for (const number of random.chance(0.5) ? [1, 2] : [random.int(1, 2)])
      this.#injector.begin({ fault, target: `${service}-${number}`, duration: random.int(200, 6000), amount: 0 });
  }
}
