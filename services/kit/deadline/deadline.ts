import type { Duration } from '@groundwork/contract';

/** Header with the milliseconds that the caller still waits. Relative, so clocks need not agree (like gRPC's `grpc-timeout`). */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** The time at which the caller of a request stops waiting. */
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
    // The rejection of `ended` must not end the process if nothing awaits it.
    this.#ended.promise.catch(() => {});
  }

  /**
   * The timeout of the operation, or the time left in the caller's header, whichever is shorter.
   * @param header value of `x-deadline-ms`, in milliseconds; ignored unless it is an integer
   */
  public static of(timeout: Duration, header?: string): Deadline {
    const own = timeout.toMilliseconds();
    return new Deadline(header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(own, Number(header)) : own);
  }

  /** Milliseconds left, rounded up; 0 when the deadline has passed. */
  public remaining(): number {
    return Math.max(0, Math.ceil(this.#end - performance.now()));
  }

  /** Whether the deadline passed, or the caller disconnected, before the response was sent. */
  public get over(): boolean {
    return this.#over;
  }

  /** Rejects with the reason of `signal` when the deadline is `over`. */
  public get ended(): Promise<never> {
    return this.#ended.promise;
  }

  /** Aborts when the deadline is `over`. Created on first use: it is expensive, and many requests make no call. */
  public get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** The caller no longer waits: aborts the work that still runs for the request. */
  public cancel(): void {
    clearTimeout(this.#timer);
    this.#over = true;
    this.#controller?.abort();
    this.#ended.reject(this.signal.reason);
  }

  /** The response is sent: the deadline no longer passes. */
  public clear(): void {
    clearTimeout(this.#timer);
  }
}
