import { call } from './api.js';
import { addToBasket } from './basket.js';
import { byId, element, hiddenText, money, onSubmit } from './dom.js';

const FEW = 10;

let filter = {};
let next;

/** Shows the products, and searches them. */
export async function startProducts() {
  onSubmit(byId('search'), async (fields) => {
    filter = Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
    await show(undefined);
  });
  byId('more').addEventListener('click', async () => {
    const shown = byId('product-list').children.length;
    await show(next);
    byId('product-list').children[shown]?.querySelector('button').focus();
  });
  await show(undefined);
  const { items } = await call('GET', '/categories');
  const options = items.map(({ name, products }) => element('option', { value: name }, `${name} (${products})`));
  byId('search').elements.category.append(...options);
}

/** Shows the first page, or adds the one of a cursor. */
async function show(cursor) {
  const list = byId('product-list');
  byId('products-error').replaceChildren();
  try {
    const query = new URLSearchParams({ ...filter, limit: '12', ...(cursor === undefined ? {} : { cursor }) });
    const page = await call('GET', `/products?${query}`);
    const stock = await stockOf(page.items.map(({ id }) => id));
    if (cursor === undefined) list.replaceChildren();
    list.append(...page.items.map((product) => card(product, stock.get(product.id))));
    next = page.next ?? undefined;
    byId('more').hidden = next === undefined;
    const shown = list.children.length;
    byId('products-found').textContent =
      shown === 0
        ? 'No product matches.'
        : `${shown} ${shown === 1 ? 'product' : 'products'} shown${next === undefined ? '' : '; there are more'}.`;
  } catch (error) {
    byId('products-error').textContent = error.message;
  }
}

/** Available quantity by product; empty while the stock is unknown: products are shown without it. */
async function stockOf(ids) {
  if (ids.length === 0) return new Map();
  const query = new URLSearchParams(ids.map((id) => ['productId', id]));
  const { items } = await call('GET', `/stock?${query}`).catch(() => ({ items: [] }));
  return new Map(items.map(({ productId, available }) => [productId, available]));
}

function card(product, available) {
  const left = available === 0 ? 'Sold out' : available <= FEW ? `Only ${available} left` : '';
  const add = element('button', { type: 'button' }, 'Add', hiddenText(` ${product.name} to the basket`));
  if (available === 0) add.disabled = true;
  add.addEventListener('click', () => addToBasket(product));
  return element(
    'li',
    {},
    element('h3', {}, product.name),
    element('p', { className: 'quiet' }, product.description),
    ...(left === '' ? [] : [element('p', { className: 'error' }, left)]),
    element('p', { className: 'buy' }, element('span', { className: 'price' }, money(product.price)), add),
  );
}
