/** Retries that may be saved up, for a burst such as a pod that dies with many requests in hand. */
const CAPACITY = 20;
/** Share of requests that may be repeated in the long run: a struggling service gets at most a tenth more load. */
const SHARE = 0.1;

/** Bounds retries to `capacity + share × requests` (the token bucket of Finagle's RetryBudget). */
export class RetryBudget {
  readonly #capacity: number;
  readonly #share: number;
  #balance: number;

  public constructor(capacity: number = CAPACITY, share: number = SHARE) {
    this.#capacity = capacity;
    this.#share = share;
    this.#balance = capacity;
  }

  /** A first try was made. */
  public deposit(): void {
    this.#balance = Math.min(this.#capacity, this.#balance + this.#share);
  }

  /** Takes one retry out; false when there is none left. */
  public withdraw(): boolean {
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}
