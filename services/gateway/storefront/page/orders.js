import { signedIn } from './account.js';
import { call } from './api.js';
import { announce, byId, element, hiddenText, money } from './dom.js';
import { followOrder } from './order-events.js';

/** Orders that are followed at once: the shop allows five, and a browser has six connections for everything. */
const STREAMS = 3;

const REASONS = {
  'out-of-stock': 'it is out of stock',
  'payment-declined': 'the payment was declined',
  'payment-failed': 'the payment failed',
  'reservation-expired': 'the payment took too long',
  'canceled-by-customer': 'you canceled it',
};

/** Cards by order id. */
const cards = new Map();
/** Orders that wait to be followed. */
let waiting = [];
let following = 0;
/** Aborted when the customer leaves. */
let session = new AbortController();

/** Shows an order that was placed just now, and follows it. */
export function showPlaced(order) {
  const { item, heading } = show(order);
  byId('order-list').prepend(item);
  heading.focus();
  follow(order);
}

/** Shows the orders of the customer who signed in, or none. */
export async function showOrders() {
  session.abort();
  session = new AbortController();
  waiting = [];
  cards.clear();
  byId('order-list').replaceChildren();
  byId('orders-empty').hidden = false;
  if (!signedIn()) return;
  const { signal } = session;
  const { items } = await call('GET', '/orders?limit=10');
  if (signal.aborted) return;
  for (const order of items.filter(({ id }) => !cards.has(id))) {
    byId('order-list').append(show(order).item);
    follow(order);
  }
}

function follow(order) {
  if (order.status === 'placed') waiting.push(order.id);
  startStreams();
}

async function startStreams() {
  const { signal } = session;
  while (following < STREAMS && waiting.length > 0) {
    following += 1;
    followOrder(waiting.shift(), (order) => !signal.aborted && update(order), signal).finally(() => {
      following -= 1;
      startStreams();
    });
  }
}

/** Creates the card of an order. */
function show(order) {
  const name = `Order ${order.id.slice(0, 8)}`;
  const heading = element('h3', { tabIndex: -1 }, name);
  const state = element('span', { className: 'state' });
  const steps = element('ol', { className: 'steps', 'aria-label': `States of ${name}` });
  const cancel = element('button', { type: 'button', className: 'plain' }, 'Cancel', hiddenText(` ${name}`));
  const error = element('p', { className: 'error', role: 'alert' });
  cancel.addEventListener('click', async () => {
    error.replaceChildren();
    try {
      update(await call('POST', `/orders/${order.id}/cancel`));
      announce(`${name}: the cancellation is under way`);
    } catch (failure) {
      error.textContent = failure.message;
    }
  });
  const lines = order.lines.map(({ name: product, quantity }) => `${quantity} × ${product}`).join(', ');
  const summary = element('p', { className: 'quiet' }, `${lines}. Total ${money(order.total)}.`);
  const title = element('div', { className: 'line between' }, heading, state);
  const item = element('li', { className: 'stack' }, title, summary, steps, error, cancel);
  const card = { name, item, heading, state, steps, cancel, text: undefined };
  cards.set(order.id, card);
  byId('orders-empty').hidden = true;
  update(order);
  return card;
}

/** Shows the state of an order. One that is known already is not repeated. */
function update(order) {
  const card = cards.get(order.id);
  const text = textOf(order);
  if (card === undefined || card.text === text) return;
  const { name, heading, state, steps, cancel, text: before } = card;
  const final = order.status !== 'placed';
  card.text = text;
  state.textContent = order.status;
  state.dataset.status = order.status;
  // The shop keeps the times of the first and of the final state; between them, it is the time at which we saw it.
  const known = final ? order.updatedAt : order.placedAt;
  const at = before === undefined || final ? new Date(known) : new Date();
  const clock = element('time', { dateTime: at.toISOString() }, at.toLocaleTimeString('en', { hour12: false }));
  steps.append(element('li', {}, clock, ` ${text}`));
  if (before !== undefined) announce(`${name}: ${text}`);
  if (!final) return;
  if (document.activeElement === cancel) heading.focus();
  cancel.hidden = true;
}

function textOf({ status, waitingFor, reason }) {
  if (status === 'confirmed') return 'Confirmed: paid, and taken from stock';
  if (status === 'canceled') return `Canceled, because ${REASONS[reason] ?? reason}`;
  if (status === 'payment-reversed') return 'The payment was taken back by the payment provider';
  return waitingFor === undefined ? 'Placed' : `Waiting for ${waitingFor}`;
}
