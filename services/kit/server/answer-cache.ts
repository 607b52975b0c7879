import type { CachePolicy, Duration, Operation } from '@groundwork/contract';
import { Deadline } from '../deadline/deadline.ts';
import { Problem } from '../errors/problem.ts';
import type { Request } from './handlers.ts';

/** A validated answer, as it is sent. */
export interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; undefined for a status without a body. */
  readonly body: string | undefined;
}

/** Answers requests of one operation. */
export type Answering = (request: Request<Operation>) => Promise<Sent>;

export interface AnswerCacheOptions {
  /** Name of the service, in `Cache-Status`. */
  readonly service: string;
  readonly policy: CachePolicy;
  /** Time to get a new answer in the background. */
  readonly timeout: Duration;
  /** Maximum characters of all answers; the oldest are dropped. @default 4 Mi */
  readonly maxSize?: number;
  /** Milliseconds of a monotonic clock. @default performance.now */
  readonly now?: () => number;
}

/**
 * Caches the answers of an operation by its input. A stale one is sent at once, marked, while one request in the background
 * gets a new one; if that fails, the stale one stays in use until it is too old. Errors are not cached.
 */
export function answerCache(answering: Answering, options: AnswerCacheOptions): Answering {
  const { service, policy, timeout, maxSize = 4 * 1024 * 1024, now = () => performance.now() } = options;
  const [maxAge, maxStale] = [policy.maxAge.toSeconds(), policy.maxStale.toSeconds()];
  const control = `public, max-age=${maxAge}, stale-while-revalidate=${maxStale}, stale-if-error=${maxStale}`;
  const entries = new Map<string, { readonly answer: Sent; readonly at: number }>();
  const refreshing = new Set<string>();
  let size = 0;
  const remove = (key: string): void => {
    size -= entries.get(key)?.answer.body?.length ?? 0;
    entries.delete(key);
  };
  const load = async (key: string, request: Request<Operation>): Promise<Sent> => {
    const at = now();
    const sent = await answering(request);
    const answer = { ...sent, headers: { 'cache-control': control, ...sent.headers } };
    remove(key);
    entries.set(key, { answer, at });
    size += answer.body?.length ?? 0;
    for (const oldest of entries.keys()) {
      if (size <= maxSize) break;
      remove(oldest);
    }
    return answer;
  };
  const refresh = (key: string, request: Request<Operation>): void => {
    if (refreshing.has(key)) return;
    refreshing.add(key);
    const { requestId, trace, log } = request.context;
    const deadline = Deadline.of(timeout);
    load(key, { ...request, context: { requestId, trace, log, deadline } })
      .catch((error: unknown) => {
        // The answer is gone, such as a product that was removed: that is news, not a failure.
        if (error instanceof Problem && error.status < 500) remove(key);
        else log.warn({ err: error }, 'could not get a new answer; the stale one stays in use');
      })
      .finally(() => {
        deadline.clear();
        refreshing.delete(key);
      });
  };
  return async (request) => {
    const key = JSON.stringify([request.params, request.query]);
    const entry = entries.get(key);
    const age = entry === undefined ? Number.POSITIVE_INFINITY : (now() - entry.at) / 1000;
    if (entry === undefined || age > maxAge + maxStale) return load(key, request);
    const { answer } = entry;
    if (age < maxAge) return { ...answer, headers: { ...answer.headers, age: `${Math.floor(age)}` } };
    refresh(key, request);
    const seconds = Math.ceil(age);
    // RFC 9211: a negative time to live says that the answer is stale.
    const status = `${service}; hit; ttl=${Math.min(maxAge - seconds, -1)}`;
    return { ...answer, headers: { ...answer.headers, age: `${seconds}`, 'cache-status': status } };
  };
}
