import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Demo } from '../../infra/cli/program.ts';
import { type Body, Customer } from './customer.ts';

/** Products that come with catalog: one with plenty of stock, and one of which there is a single piece. */
const [KNIFE, LAST, UNKNOWN] = [3, 69, 999].map(
  (number) => `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`,
) as [string, string, string];

/** Plays a customer's day: sign-up, browsing, orders that end well and badly, and what must be refused. */
export async function playDay(gatewayUrl: string, demo: Demo): Promise<void> {
  const [ada, grace] = [new Customer('Ada', gatewayUrl), new Customer('Grace', gatewayUrl)];
  demo.part('Ada and Grace sign up');
  for (const customer of [ada, grace]) await signUp(customer, demo);
  const again = await ada.send('POST', '/users', { ...ada.credentials, name: 'Ada' });
  demo.saw('users', `refuses a second account with the same email: ${again.status} ${again.body.code}`);
  demo.check(again.body.code === 'email-taken', 'a second account with the same email must be refused');
  await browse(ada, demo);
  const placed = [await orderAndPay(ada, demo), await declined(ada, demo), await lastItem(ada, grace, demo)];
  await refused(ada, grace, placed[0] as Body, demo);
  await history(ada, placed, demo);
}

async function signUp(customer: Customer, demo: Demo): Promise<void> {
  const { status, requestId } = await customer.send('POST', '/users', { ...customer.credentials, name: customer.name });
  // A repeated request finds the account of the first one.
  demo.check(status === 201 || status === 409, `${customer.name}'s account must be opened, got ${status}`);
  demo.saw('users', `opened ${customer.name}'s account`, requestId);
  const { body } = await customer.logIn();
  demo.saw('users', `logged ${customer.name} in, for ${body.expiresIn / 60} minutes`);
  const { body: profile } = await customer.send('GET', '/users/me');
  demo.check(profile.name === customer.name, `the token must be ${customer.name}'s`);
}

async function browse(ada: Customer, demo: Demo): Promise<void> {
  demo.part('Ada browses');
  const { body: categories } = await ada.send('GET', '/categories');
  const products = categories.items.reduce((sum, category) => sum + category.products, 0);
  demo.saw('catalog', `has ${products} products in ${categories.items.length} categories`);
  const { body: found } = await ada.send('GET', '/products?q=knife');
  demo.saw('catalog', `finds for "knife": ${found.items.map(({ name }) => name).join(', ')}`);
  demo.check(
    found.items.some(({ id }) => id === KNIFE),
    "the search for knives must find the chef's knife",
  );
}

async function orderAndPay(ada: Customer, demo: Demo): Promise<Body> {
  demo.part('Ada orders, and pays');
  const [before, key] = [await stockOf(ada, KNIFE), randomUUID()];
  const { body: order, requestId } = await ada.order(KNIFE, 2, 'pm_ok', key);
  demo.saw('orders', `accepted ${nameOf(order)} over ${money(order)}`, requestId);
  const repeated = await ada.order(KNIFE, 2, 'pm_ok', key);
  demo.saw('orders', `answers the same request again with the same order`, repeated.requestId);
  demo.check(repeated.body.id === order.id && repeated.replayed, 'the same idempotency key must place no second order');
  const end = await ada.follow(order.id, (state) => demo.saw(...sight(state)));
  demo.check(end.status === 'confirmed', `an order that is paid must be confirmed, is ${end.status}`);
  const after = await stockOf(ada, KNIFE);
  demo.saw('inventory', `has ${after} left of ${before}`);
  demo.check(after <= before - 2, 'a confirmed order must take its products from stock');
  return end;
}

async function declined(ada: Customer, demo: Demo): Promise<Body> {
  demo.part('Her next payment is declined');
  const { body: order, requestId } = await ada.order(KNIFE, 1, 'pm_declined');
  demo.saw('orders', `accepted ${nameOf(order)}`, requestId);
  const end = await ada.follow(order.id, (state) => demo.saw(...sight(state)));
  demo.check(end.reason === 'payment-declined', `a declined payment must cancel the order, it is ${end.status}`);
  return end;
}

/** Ada takes all that is left of a product, Grace comes too late, and Ada thinks better of it. */
async function lastItem(ada: Customer, grace: Customer, demo: Demo): Promise<Body> {
  demo.part('Both want the last item');
  const left = await stockOf(ada, LAST);
  demo.saw('inventory', left === 0 ? 'has none left: an earlier customer bought it' : `has ${left} left`);
  // Decided after three seconds: until then the stock is reserved, and the order can be canceled.
  const { body: order, requestId } = await ada.order(left === 0 ? KNIFE : LAST, Math.max(1, left), 'pm_late');
  demo.saw('orders', `accepted ${nameOf(order)} of Ada, whose bank takes three seconds`, requestId);
  const show = (state: Body) => demo.saw(...sight(state));
  await ada.follow(order.id, show, ({ waitingFor, status }) => waitingFor === 'payments' || status !== 'placed');
  const late = await grace.order(LAST, 1, 'pm_ok');
  demo.saw('orders', `accepted ${nameOf(late.body)} of Grace`, late.requestId);
  const { reason } = await grace.follow(late.body.id, show);
  demo.check(reason === 'out-of-stock', 'an order for what is sold out must be canceled');

  demo.part('Ada cancels');
  const canceled = await ada.send('POST', `/orders/${order.id}/cancel`);
  const inTime = canceled.status === 202;
  demo.saw('orders', inTime ? 'accepts the cancellation' : `is too late: ${canceled.body.code}`, canceled.requestId);
  const end = await ada.follow(order.id, show);
  demo.check(
    inTime ? end.reason === 'canceled-by-customer' : end.status === 'confirmed',
    `an order must be canceled if the cancellation was accepted, and confirmed otherwise; it is ${end.status}`,
  );
  const back = await stockOf(ada, LAST);
  demo.saw('inventory', `has ${back} left`);
  demo.check(back === (inTime ? left : 0), `a canceled order must return its stock: ${left} before, ${back} now`);
  return end;
}

async function refused(ada: Customer, grace: Customer, order: Body, demo: Demo): Promise<void> {
  demo.part('What must not work');
  const unknown = await ada.order(UNKNOWN, 1, 'pm_ok');
  const why = unknown.body.errors?.map(({ at, message }) => `${at} ${message}`).join(', ');
  demo.saw('orders', `refuses an unknown product: ${unknown.status} ${unknown.body.code}, ${why}`, unknown.requestId);
  demo.check(unknown.body.code === 'invalid-request', 'an order of an unknown product must be refused');
  const foreign = await grace.send('GET', `/orders/${order.id}`);
  demo.saw('orders', `does not show Ada's order to Grace: ${foreign.status} ${foreign.body.code}`, foreign.requestId);
  demo.check(foreign.status === 404, "another customer's order must not be found");
}

/** The read model has the same orders, as soon as their events arrived. */
async function history(ada: Customer, orders: readonly Body[], demo: Demo): Promise<void> {
  demo.part('What the events tell');
  const wanted = Object.fromEntries(orders.map(({ id, status }) => [id, status]));
  let body: Body;
  for (let tries = 0; ; tries += 1) {
    ({ body } = await ada.send('GET', '/order-history'));
    const seen = Object.fromEntries((body.items ?? []).map(({ id, status }) => [id, status]));
    if (isDeepStrictEqual(seen, wanted) || tries === 120) break;
    await delay(250);
  }
  for (const order of body.items ?? []) demo.saw('order-history', `has ${nameOf(order)}: ${order.status}`);
  const asOf = (body.asOf ?? []).map(({ event, partition, offset }) => `${event}[${partition}]@${offset}`);
  demo.saw('order-history', `is as of ${asOf.join(', ')}`);
  const seen = Object.fromEntries((body.items ?? []).map(({ id, status }) => [id, status]));
  demo.check(isDeepStrictEqual(seen, wanted), 'the history must have the orders of the day, in their last state');
}

async function stockOf(customer: Customer, productId: string): Promise<number> {
  const { body } = await customer.send('GET', `/stock?productId=${productId}`);
  return body.items[0]?.available ?? 0;
}

/** Service and text for a state of an order: the one that it waits for, or what orders decided. */
function sight(order: Body): [service: string, what: string] {
  const { status, waitingFor, reason } = order;
  if (status === 'confirmed') return ['orders', `confirmed ${nameOf(order)}`];
  if (status === 'canceled') return ['orders', `canceled ${nameOf(order)}: ${reason}`];
  return [waitingFor ?? 'orders', `works on ${nameOf(order)}`];
}

const nameOf = ({ id }: Body) => `order ${id.slice(0, 8)}`;

function money({ total: { amount, currency } }: Body): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}
