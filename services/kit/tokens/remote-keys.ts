import { Duration } from '@groundwork/contract';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Context } from '../context.ts';

export interface RemoteKeysOptions {
  /** Keys older than this are fetched again. @default Duration.minutes(5) */
  readonly maxAge?: Duration;
  /** A token with an unknown key asks for new keys at most this often, so that forged key ids make no flood of calls. @default Duration.seconds(10) */
  readonly cooldown?: Duration;
}

/**
 * Public keys of another service, cached. A key that is not in the cache is looked for once more at the source: so a
 * rotation is seen at once. While the source is away, keys of the cache go on serving.
 */
export function remoteKeys(
  fetchKeys: (context: Context) => Promise<JSONWebKeySet>,
  options: RemoteKeysOptions = {},
): (context: Context) => JWTVerifyGetKey {
  const { maxAge = Duration.minutes(5), cooldown = Duration.seconds(10) } = options;
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  // When asking last brought nothing: no answer, or not the key that was asked for.
  let fruitlessAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = (context: Context): Promise<void> => {
    fetching ??= fetchKeys(context)
      .then(
        (keys) => {
          find = createLocalJWKSet(keys);
          fetchedAt = performance.now();
        },
        (error: unknown) => {
          fruitlessAt = performance.now();
          throw error;
        },
      )
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };
  const cooling = () => performance.now() - fruitlessAt <= cooldown.toMilliseconds();

  return (context) => async (header, token) => {
    if (find === undefined) await refresh(context);
    else if (performance.now() - fetchedAt > maxAge.toMilliseconds() && !cooling()) {
      await refresh(context).catch((error: unknown) =>
        context.log.warn({ err: error }, 'keys not refreshed; the cached ones go on serving'),
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
        fruitlessAt = performance.now();
        throw again;
      }
    }
  };
}
