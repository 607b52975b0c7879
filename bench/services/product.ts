import { contract, route } from '@groundwork/contract';
import { catalog } from '@groundwork/contracts/catalog';

// The cost of a request is that of a handler, not of the cache.
const { cache: _, ...spec } = catalog.http.getProduct.spec;

/** The catalog's operation for one product, without a database: measures only the cost of a request. */
export const shelf = contract('shelf', {
  http: { getProduct: route('GET', '/products/:id', spec) },
});

export const PRODUCT = {
  id: '0b7f7b46-7a53-4a0b-8f0e-3c8f3bb2a3d5',
  name: 'Enamel mug',
  description: 'Holds a third of a litre, survives a fall from the table.',
  category: 'kitchen',
  price: { amount: 1290, currency: 'EUR' },
};
