/** Maximum balance: retries for a burst, such as a pod that fails with many requests in progress. */
const CAPACITY = 20;
/** Share of requests that may be retried in the long run: an overloaded service gets at most 10 % more load. */
const SHARE = 0.1;

/** Limits retries to `capacity + share × requests` (a token bucket, like Finagle's RetryBudget). */
export class RetryBudget {
  readonly #capacity: number;
  readonly #share: number;
  #balance: number;

  public constructor(capacity: number = CAPACITY, share: number = SHARE) {
    this.#capacity = capacity;
    this.#share = share;
    this.#balance = capacity;
  }

  /** Records a first attempt. */
  public deposit(): void {
    this.#balance = Math.min(this.#capacity, this.#balance + this.#share);
  }

  /** Takes one retry from the budget; false if none is left. */
  public withdraw(): boolean {
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}
