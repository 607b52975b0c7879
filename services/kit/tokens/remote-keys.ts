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
export function remoteKeys(fetchKeys: (context: Context) => Promise<JSONWebKeySet>, options: RemoteKeysOptions = {}): (context: Context) => JWTVerifyGetKey {
  const { maxAge = Duration.minutes(5), cooldown = Duration.seconds(10) } = options;
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = (context: Context): Promise<void> => {
    triedAt = performance.now();
    fetching ??= fetchKeys(context)
      .then((keys) => {
        find = createLocalJWKSet(keys);
        fetchedAt = performance.now();
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };
  const since = (moment: number) => performance.now() - moment;

  return (context) => async (header, token) => {
    if (find === undefined) await refresh(context);
    else if (since(fetchedAt) > maxAge.toMilliseconds() && since(triedAt) > cooldown.toMilliseconds()) {
      await refresh(context).catch((error: unknown) => context.log.warn({ err: error }, 'keys not refreshed; the cached ones go on serving'));
    }
    try {
      return await (find as NonNullable<typeof find>)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || since(triedAt) <= cooldown.toMilliseconds()) throw error;
      await refresh(context);
      return (find as NonNullable<typeof find>)(header, token);
    }
  };
}
