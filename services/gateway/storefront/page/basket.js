import { askToSignIn, signedIn } from './account.js';
import { call } from './api.js';
import { announce, byId, element, hiddenText, money, onSubmit } from './dom.js';

const MOST = 100;

/** Quantity and product by id. */
const lines = new Map();
/** Idempotency key of this basket: an order that is sent again after a lost answer is placed once. */
let key;

/** Adds one of a product. */
export function addToBasket(product) {
  const { quantity = 0 } = lines.get(product.id) ?? {};
  lines.set(product.id, { product, quantity: Math.min(MOST, quantity + 1) });
  announce(`${product.name} is in the basket`);
  show();
}

/** Runs the basket. @param onPlaced called with the order that was placed */
export function startBasket(onPlaced) {
  onSubmit(byId('order'), async ({ paymentMethod }) => {
    if (!signedIn()) return askToSignIn('Sign up or log in to place the order');
    key ??= randomKey();
    const ordered = [...lines.values()].map(({ product, quantity }) => ({ productId: product.id, quantity }));
    try {
      const body = { lines: ordered, paymentMethod };
      const order = await call('POST', '/orders', { body, headers: { 'idempotency-key': key } });
      key = undefined;
      lines.clear();
      show();
      onPlaced(order);
    } catch (error) {
      // It was rejected, so another attempt is another order. Without an answer, it may have been placed.
      if (error.status >= 400 && error.status < 500 && error.status !== 429) key = undefined;
      throw error;
    }
  });
  byId('order').elements.paymentMethod.addEventListener('change', () => {
    key = undefined;
  });
}

function show() {
  key = undefined;
  byId('basket-lines').replaceChildren(...[...lines.values()].map(row));
  byId('basket-empty').hidden = lines.size > 0;
  byId('order').hidden = lines.size === 0;
  showTotal();
}

function showTotal() {
  const all = [...lines.values()];
  const amount = all.reduce((sum, { product, quantity }) => sum + product.price.amount * quantity, 0);
  byId('basket-total').textContent = all.length === 0 ? '' : money({ ...all[0].product.price, amount });
  byId('basket-count').textContent = all.reduce((sum, { quantity }) => sum + quantity, 0);
}

function row({ product, quantity }) {
  const input = element('input', { type: 'number', min: '1', max: `${MOST}`, value: `${quantity}`, required: true });
  input.addEventListener('change', () => {
    if (!input.reportValidity()) return;
    key = undefined;
    lines.set(product.id, { product, quantity: Number(input.value) });
    showTotal();
  });
  const remove = element('button', { type: 'button', className: 'plain' }, 'Remove', hiddenText(` ${product.name}`));
  remove.addEventListener('click', () => {
    lines.delete(product.id);
    announce(`${product.name} is removed`);
    show();
    byId('basket').focus();
  });
  const label = element(
    'label',
    { className: 'line grow' },
    element('span', { className: 'grow' }, product.name),
    input,
  );
  label.append(hiddenText('quantity'));
  return element('li', { className: 'line' }, label, remove);
}

/** Not `randomUUID`, which exists on secure origins only. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
