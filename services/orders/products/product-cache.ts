import { Duration } from '@groundwork/contract';
import type { Product as ProductSchema } from '@groundwork/contracts/catalog';
import type { Context, Logger } from '@groundwork/kit';
import type { Static } from 'typebox';

/** A product as the catalog shows it. */
export type Product = Static<typeof ProductSchema>;

/** Where products come from, and how long they are kept. */
export interface ProductCacheOptions {
  /** Fetches products by id, at most 50; unknown ones are left out. */
  fetch(ids: readonly string[], context: Context): Promise<readonly Product[]>;
  /** Context of a refresh in the background. */
  background(): Context;
  readonly log: Logger;
  /** Younger products are used as they are; older ones are used once more, and refreshed in the background. @default Duration.seconds(30) */
  readonly fresh?: Duration;
  /** Products older than this are never used. @default Duration.minutes(10) */
  readonly maxAge?: Duration;
  /** Most products in memory; the one fetched first is dropped. @default 10,000 */
  readonly maxEntries?: number;
  /** Milliseconds of a monotonic clock. @default performance.now */
  readonly now?: () => number;
}

/** Products by id, with a bounded age. */
export interface ProductCache {
  /** Finds products; unknown ids are left out. @throws Problem if a product must be fetched and the catalog does not answer */
  find(ids: readonly string[], context: Context): Promise<ReadonlyMap<string, Product>>;
}

/** A cache that serves stale products while it refreshes them. */
export function productCache(options: ProductCacheOptions): ProductCache {
  const { fetch, background, log, now = () => performance.now(), maxEntries = 10_000 } = options;
  const { fresh = Duration.seconds(30), maxAge = Duration.minutes(10) } = options;
  const entries = new Map<string, { readonly product: Product; readonly at: number }>();
  const refreshing = new Set<string>();
  const load = async (ids: readonly string[], context: Context): Promise<void> => {
    const at = now();
    const products = new Map((await fetch(ids, context)).map((product) => [product.id, product]));
    for (const id of ids) {
      entries.delete(id);
      const product = products.get(id);
      if (product !== undefined) entries.set(id, { product, at });
    }
    for (const id of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(id);
    }
  };
  const refresh = (ids: readonly string[]): void => {
    const due = ids.filter((id) => !refreshing.has(id));
    if (due.length === 0) return;
    for (const id of due) refreshing.add(id);
    const context = background();
    load(due, context)
      .catch((error: unknown) => log.warn({ err: error }, 'could not refresh products; the cached ones stay in use'))
      .finally(() => {
        context.deadline.clear();
        for (const id of due) refreshing.delete(id);
      });
  };
  return {
    find: async (ids, context) => {
      const ageOf = (id: string) => now() - (entries.get(id)?.at ?? Number.NEGATIVE_INFINITY);
      const missing = ids.filter((id) => ageOf(id) > maxAge.toMilliseconds());
      refresh(ids.filter((id) => !missing.includes(id) && ageOf(id) > fresh.toMilliseconds()));
      if (missing.length > 0) await load(missing, context);
      return new Map(ids.flatMap((id) => entries.get(id) ?? []).map(({ product }) => [product.id, product]));
    },
  };
}
