import { Duration } from '@groundwork/contract';
import {
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  handleWhenResult,
  retry,
  SamplingBreaker,
  wrap,
} from 'cockatiel';
import type { Dispatcher } from 'undici';
import { Problem } from '../errors/problem.ts';
import { mayRetry } from './failures.ts';
import { RetryBudget } from './retry-budget.ts';

type Response = Dispatcher.ResponseData;

/** Maximum calls to a service in progress; more are rejected at once, so that a slow callee does not use up its caller. */
const MAX_IN_FLIGHT = 512;
/** Maximum retries of a call. */
const MAX_RETRIES = 3;
const FIRST_BACKOFF = Duration.millis(25);
const LONGEST_BACKOFF = Duration.millis(400);
/** A breaker opens if this share of at least ten attempts in ten seconds failed; after two seconds, it lets one through. */
const FAILED_SHARE = 0.5;
const SAMPLED = Duration.seconds(10);
const OPEN_FOR = Duration.seconds(2);
/** Maximum instances with breakers; beyond it, those of the least recently called one are forgotten. */
const MAX_INSTANCES = 64;

/** Settings of `Resilience`. */
export interface ResilienceOptions {
  /** @default a separate budget: at most 20 at once, and 10 % of requests */
  readonly budget?: RetryBudget;
  /** Maximum calls in progress. @default 512 */
  readonly maxInFlight?: number;
  /** Called for each retry. */
  readonly onRetry: () => void;
}

/**
 * How calls to one service withstand its failures; from the outside to the inside:
 *
 * 1. Bulkhead: at most 512 calls in progress.
 * 2. Retry: up to three, full jitter, only where a repeated request cannot act twice, within the budget.
 * 3. Breaker: for each instance and operation. It is inside of the retry, because each attempt picks an instance again.
 * 4. Timeout: of each attempt, that of the operation (`upstream.ts`); all attempts end with the deadline of the request.
 */
export class Resilience {
  readonly #budget: RetryBudget;
  readonly #calls: { readonly repeatable: Executor; readonly other: Executor };
  readonly #breakers = new Map<string, Map<string, Breaker>>();

  public constructor({ budget = new RetryBudget(), maxInFlight = MAX_IN_FLIGHT, onRetry }: ResilienceOptions) {
    this.#budget = budget;
    const inFlight = bulkhead(maxInFlight, 0);
    const retries = (repeatable: boolean) => {
      const policy = retry(
        handleWhen((error) => mayRetry(error, repeatable) && budget.withdraw()),
        {
          maxAttempts: MAX_RETRIES,
          backoff: new ExponentialBackoff({
            generator: fullJitterGenerator,
            initialDelay: FIRST_BACKOFF.toMilliseconds(),
            maxDelay: LONGEST_BACKOFF.toMilliseconds(),
          }),
        },
      );
      policy.onRetry(onRetry);
      return wrap(inFlight, policy);
    };
    this.#calls = { repeatable: retries(true), other: retries(false) };
  }

  /** Number of breakers that reject attempts. */
  public get open(): number {
    return [...this.#breakers.values()].flatMap((ofInstance) => [...ofInstance.values()]).filter(isOpen).length;
  }

  /**
   * Makes a call, in one or more attempts.
   * @param repeatable whether a repeated request cannot act twice: by its method, or with an idempotency key
   */
  public call(repeatable: boolean, attempt: () => Promise<Response>, signal: AbortSignal): Promise<Response> {
    this.#budget.deposit();
    return (repeatable ? this.#calls.repeatable : this.#calls.other).execute(attempt, signal);
  }

  /** Makes one attempt on an instance. @param operation name, such as `placeOrder` */
  public attempt(origin: string, operation: string, send: () => Promise<Response>): Promise<Response> {
    return this.#breaker(origin, operation).policy.execute(send);
  }

  /** Whether the breaker of an instance and operation lets attempts through. */
  public isUsable(origin: string, operation: string): boolean {
    const breaker = this.#breakers.get(origin)?.get(operation);
    return breaker === undefined || !isOpen(breaker);
  }

  #breaker(origin: string, operation: string): Breaker {
    const ofInstance = this.#breakers.get(origin) ?? new Map<string, Breaker>();
    // The map is ordered from the least to the most recently used.
    this.#breakers.delete(origin);
    this.#breakers.set(origin, ofInstance);
    const [leastRecent] = this.#breakers.keys();
    if (this.#breakers.size > MAX_INSTANCES && leastRecent !== undefined) this.#breakers.delete(leastRecent);
    const known = ofInstance.get(operation);
    if (known !== undefined) return known;
    const made = makeBreaker();
    ofInstance.set(operation, made);
    return made;
  }
}

interface Executor {
  execute(attempt: () => Promise<Response>, signal: AbortSignal): Promise<Response>;
}

interface Breaker {
  readonly policy: CircuitBreakerPolicy;
  /** When it opened, by `performance.now()`. */
  openedAt: number;
}

function makeBreaker(): Breaker {
  const policy = circuitBreaker(failing, {
    halfOpenAfter: OPEN_FOR.toMilliseconds(),
    breaker: new SamplingBreaker({ threshold: FAILED_SHARE, duration: SAMPLED.toMilliseconds(), minimumRps: 1 }),
  });
  const breaker = { policy, openedAt: 0 };
  policy.onBreak(() => {
    breaker.openedAt = performance.now();
  });
  return breaker;
}

/** An open breaker lets an attempt through after `OPEN_FOR`, but changes its state only with that attempt. */
function isOpen({ policy, openedAt }: Breaker): boolean {
  return policy.state === CircuitState.Open && performance.now() - openedAt < OPEN_FOR.toMilliseconds();
}

/** Failures for the circuit breaker: no response, or 502, 503, 504. Not 500: a request that always fails must not block others. */
const failing = handleWhenResult((response) => [502, 503, 504].includes((response as Response).statusCode)).orWhen(
  (error) => !(error instanceof Problem),
);
