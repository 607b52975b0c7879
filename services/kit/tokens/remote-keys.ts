import { Duration } from '@groundwork/contract';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Context } from '../operation.ts';

/** Where published keys come from, and how long they are kept. */
export interface RemoteKeysOptions {
  /** Cached keys older than this are fetched again. @default Duration.minutes(5) */
  readonly maxAge?: Duration;
  /** Minimum time between fetches for unknown keys, so that forged key ids do not cause a flood of calls. @default Duration.seconds(10) */
  readonly cooldown?: Duration;
}

/**
 * Cached public keys of another service. An unknown key is fetched at once, so that a rotation takes effect immediately.
 * While the source is unavailable, cached keys stay in use.
 * @returns for the context of a request, a function that finds the key of a token
 */
export function remoteKeys(
  fetchKeys: (context: Context) => Promise<JSONWebKeySet>,
  options: RemoteKeysOptions = {},
): (context: Context) => JWTVerifyGetKey {
  const { maxAge = Duration.minutes(5), cooldown = Duration.seconds(10) } = options;
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  // Time of the last fetch that failed, or that did not contain the key.
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = (context: Context): Promise<void> => {
    fetching ??= fetchKeys(context)
      .then(
        (keys) => {
          find = createLocalJWKSet(keys);
          fetchedAt = performance.now();
        },
        (error: unknown) => {
          failedAt = performance.now();
          throw error;
        },
      )
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };
  const cooling = () => performance.now() - failedAt <= cooldown.toMilliseconds();

  return (context) => async (header, token) => {
    if (find === undefined) await refresh(context);
    else if (performance.now() - fetchedAt > maxAge.toMilliseconds() && !cooling()) {
      await refresh(context).catch((error: unknown) =>
        context.log.warn({ err: error }, 'could not refresh keys; the cached keys stay in use'),
      );
    }
    const known = find as NonNullable<typeof find>;
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || cooling()) throw error;
      await refresh(context);
      try {
        return await (find as typeof known)(header, token);
      } catch (again) {
        failedAt = performance.now();
        throw again;
      }
    }
  };
}
