import { expect, test } from '@jest/globals';
import { accountOf } from './spiffe.ts';

const realm = { trustDomain: 'dev.shop', namespace: 'shop' };
const id = 'spiffe://dev.shop/ns/shop/sa/users';
const named = (subjectAltName: string | undefined) => accountOf(realm, { subjectAltName });

test('the account is read from the only URI of a certificate, among other kinds of names', () => {
  expect(named(`URI:${id}`)).toBe('users');
  expect(named(`DNS:users, DNS:users.shop.svc, URI:${id}, IP Address:10.0.0.1`)).toBe('users');
});

test.each([
  ['no names', undefined],
  ['no URI', 'DNS:users'],
  ['two URIs', `URI:${id}, URI:${id}`],
  ['two URIs, the second foreign', `URI:${id}, URI:spiffe://elsewhere/ns/shop/sa/users`],
  ['a URI that is not a SPIFFE ID', 'URI:https://dev.shop/ns/shop/sa/users'],
  ['another trust domain', 'URI:spiffe://staging.shop/ns/shop/sa/users'],
  ['a trust domain with the same prefix', 'URI:spiffe://dev.shop.evil/ns/shop/sa/users'],
  ['another namespace', 'URI:spiffe://dev.shop/ns/other/sa/users'],
  ['a longer path', `URI:${id}/../gateway`],
  ['a query', `URI:${id}?as=gateway`],
  ['a fragment', `URI:${id}#gateway`],
  ['an escaped slash', 'URI:spiffe://dev.shop/ns/shop/sa/users%2Fgateway'],
  ['an empty account', 'URI:spiffe://dev.shop/ns/shop/sa/'],
  ['capitals', 'URI:spiffe://dev.shop/ns/shop/sa/Users'],
  ['a port', 'URI:spiffe://dev.shop:443/ns/shop/sa/users'],
])('%s: no account', (_what, subjectAltName) => {
  expect(named(subjectAltName)).toBeUndefined();
});
