import { Problem } from '@groundwork/kit';

/** Most open streams of one customer, and of one pod: each stream polls. */
export const STREAM_LIMITS = { customer: 5, pod: 500 };

/** The open streams of a pod. */
export class OpenStreams {
  readonly #open = new Map<AbortController, string>();
  #draining = false;

  /** How many are open. */
  public get size(): number {
    return this.#open.size;
  }

  /**
   * Opens a stream. The caller passes the controller to `close` when its client is gone.
   * @throws Problem `too-many-requests` if the customer has too many, `overloaded` if the pod has
   */
  public open(customer: string): AbortController {
    const headers = { 'retry-after': '5' };
    if (this.#open.size >= STREAM_LIMITS.pod) throw new Problem('overloaded', undefined, { headers });
    if ([...this.#open.values()].filter((other) => other === customer).length >= STREAM_LIMITS.customer)
      throw new Problem('too-many-requests', `at most ${STREAM_LIMITS.customer} open streams`, { headers });
    const controller = new AbortController();
    this.#open.set(controller, customer);
    // One that is opened during the drain sends the current state, and ends.
    if (this.#draining) controller.abort();
    return controller;
  }

  /** Ends a stream. */
  public close(controller: AbortController): void {
    controller.abort();
    this.#open.delete(controller);
  }

  /** Ends all streams, and each that opens later after its first event: their clients connect to another pod. */
  public drain(): void {
    this.#draining = true;
    for (const controller of this.#open.keys()) controller.abort();
  }
}
