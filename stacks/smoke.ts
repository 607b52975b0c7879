import type { SmokeCheck } from '../infra/cli/smoke.ts';
import { smokeOrder } from './smoke-order.ts';

/** What the shop must do through its gateway; each check tests another layer. */
export const smoke: readonly SmokeCheck[] = [
  { title: 'the gateway describes the shop', path: '/openapi.json', status: 200, workloads: ['gateway'] },
  {
    title: 'catalog reads its database',
    path: '/products?limit=1',
    status: 200,
    workloads: ['catalog', 'gateway'],
  },
  { title: 'users publishes its keys', path: '/.well-known/jwks.json', status: 200, workloads: ['users', 'gateway'] },
  { title: 'an account requires a token', path: '/users/me', status: 401, workloads: ['users', 'gateway'] },
  smokeOrder,
];

/** First steps for a user, which `npm start` prints. */
export function welcome(gatewayUrl: string): readonly string[] {
  const json = "-H 'content-type: application/json'";
  const me = `'{"email":"ada@example.com","name":"Ada","password":"correct horse battery staple"}'`;
  return [
    `shop:     ${gatewayUrl}/`,
    `API:      ${gatewayUrl}/openapi.json`,
    `sign up:  curl ${gatewayUrl}/users ${json} -d ${me}`,
    `sign in:  curl ${gatewayUrl}/sessions ${json} -d '{"email":"ada@example.com","password":"correct horse battery staple"}'`,
    `then:     curl ${gatewayUrl}/users/me -H "authorization: Bearer <accessToken>"`,
    `order:    curl ${gatewayUrl}/orders ${json} -H "authorization: Bearer <accessToken>" -H 'idempotency-key: 1' -d '{"lines":[{"productId":"00000000-0000-4000-8000-000000000001","quantity":1}],"paymentMethod":"pm_ok"}'`,
  ];
}
