import { Problem } from '@groundwork/kit';
import type { Product } from '../products/product-cache.ts';
import type { Lines } from '../tables.ts';

/** Lines of an order with their prices, and the total. */
export interface Quote {
  readonly lines: Lines;
  /** In the currency's smallest unit. */
  readonly total: number;
  readonly currency: string;
}

/**
 * Prices the lines of an order.
 * @param products by id
 * @throws Problem `invalid-request` that lists each unknown or repeated product and each other currency, or for a total that is too large
 */
export function quote(
  requested: readonly { readonly productId: string; readonly quantity: number }[],
  products: ReadonlyMap<string, Product>,
): Quote {
  const seen = new Set<string>();
  const errors: { at: string; message: string }[] = [];
  const lines: Lines = [];
  requested.forEach(({ productId, quantity }, index) => {
    const at = `body/lines/${index}/productId`;
    const product = products.get(productId);
    if (product === undefined) errors.push({ at, message: 'no product has this id' });
    else if (seen.has(productId)) errors.push({ at, message: 'another line has the same product; raise its quantity' });
    else if (product.price.currency !== (lines[0]?.price.currency ?? product.price.currency))
      errors.push({ at, message: 'all products of an order must have the same currency' });
    else lines.push({ productId, name: product.name, quantity, price: product.price });
    seen.add(productId);
  });
  const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price.amount, 0);
  if (!Number.isSafeInteger(total)) errors.push({ at: 'body/lines', message: 'the total is too large' });
  const [first] = lines;
  if (errors.length > 0 || first === undefined) throw new Problem('invalid-request', undefined, { errors });
  return { lines, total, currency: first.price.currency };
}
