import type { Duration } from '@groundwork/contract';

/** Header that tells a callee how many milliseconds its caller still waits. Relative, so clocks need not agree (as in gRPC's `grpc-timeout`). */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** The moment after which nobody waits for an answer any more. */
export class Deadline {
  readonly #end: number;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<never>();
  #over = false;
  #controller: AbortController | undefined;

  private constructor(milliseconds: number) {
    this.#end = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.cancel(), milliseconds);
    this.#timer.unref();
    // Whether anyone watches `ended` or not, its rejection is no fault of the process.
    this.#ended.promise.catch(() => {});
  }

  /** The operation's own timeout, or what the caller's header leaves of its own, whichever is shorter. */
  public static of(timeout: Duration, header?: string): Deadline {
    const own = timeout.toMilliseconds();
    return new Deadline(header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(own, Number(header)) : own);
  }

  /** Whole milliseconds left, from 0. */
  public remaining(): number {
    return Math.max(0, Math.ceil(this.#end - performance.now()));
  }

  /** Whether the deadline has come, or the caller gone away, before the answer was out. */
  public get over(): boolean {
    return this.#over;
  }

  /** Rejects once the deadline is `over`, with the reason of `signal`. */
  public get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Aborts once the deadline is `over`. Made when first asked for: a request that calls nobody has no use for it, and it isn't cheap. */
  public get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Nobody waits any more: what still runs for the request is stopped. */
  public cancel(): void {
    clearTimeout(this.#timer);
    this.#over = true;
    this.#controller?.abort();
    this.#ended.reject(this.signal.reason);
  }

  /** The answer is out. */
  public clear(): void {
    clearTimeout(this.#timer);
  }
}
