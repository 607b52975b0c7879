import { contract, Duration, route } from '@groundwork/contract';
import { Type } from 'typebox';
import { catalog } from './catalog.ts';
import { inventory } from './inventory.ts';
import { orderHistory } from './order-history.ts';
import { orders } from './orders.ts';
import { users } from './users.ts';

/** A page for people. */
const Page = Type.String({ contentMediaType: 'text/html', examples: ['<!doctype html>\n<html lang="en">…</html>\n'] });

/** The only entry point from outside. It serves every operation in `calls` under the same path, and describes them. */
export const gateway = contract('gateway', {
  http: {
    openapi: route('GET', '/openapi.json', {
      summary: 'This document: every operation of the shop (OpenAPI 3.1)',
      auth: 'none',
      reply: { 200: Type.Object({ openapi: Type.Literal('3.1.0') }, { additionalProperties: true }) },
    }),
    asyncapi: route('GET', '/asyncapi.json', {
      summary: 'Every event of the shop (AsyncAPI 3.0)',
      auth: 'none',
      reply: { 200: Type.Object({ asyncapi: Type.Literal('3.0.0') }, { additionalProperties: true }) },
    }),
    reference: route('GET', '/docs', {
      summary: 'The operations, with examples, as a page',
      auth: 'none',
      reply: { 200: Page },
    }),
    problems: route('GET', '/problems', {
      summary: 'All errors, as a page',
      auth: 'none',
      reply: { 200: Page },
    }),
    problem: route('GET', '/problems/:code', {
      summary: 'One error, as a page: the `type` of a problem',
      auth: 'none',
      params: Type.Object({ code: Type.String({ maxLength: 100, examples: ['not-found'] }) }),
      reply: { 200: Page },
    }),
  },
  calls: [
    users.http.register,
    users.http.logIn,
    users.http.refresh,
    users.http.logOut,
    users.http.profile,
    users.http.updateProfile,
    users.http.keys,
    catalog.http.listProducts,
    catalog.http.getProduct,
    catalog.http.recommend,
    catalog.http.listCategories,
    inventory.http.getStock,
    orders.http.placeOrder,
    orders.http.listOrders,
    orders.http.getOrder,
    orders.http.cancelOrder,
    orderHistory.http.listHistory,
  ],
  edge: true,
  slo: { availability: 0.999, latency: { p99: Duration.seconds(1) } },
});
