import type { Duration } from '@groundwork/contract';

/** Header that tells a callee how many milliseconds its caller still waits. Relative, so clocks need not agree (as in gRPC's `grpc-timeout`). */
export const DEADLINE_HEADER = 'x-deadline-ms';

/** The moment after which nobody waits for an answer any more. */
export class Deadline {
  readonly #end: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(milliseconds: number) {
    this.#end = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#controller.abort(), milliseconds);
    this.#timer.unref();
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

  /** Aborts at the deadline, or when the caller goes away. */
  public get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nobody waits any more: what still runs for the request is stopped. */
  public cancel(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  /** The answer is out. */
  public clear(): void {
    clearTimeout(this.#timer);
  }
}
