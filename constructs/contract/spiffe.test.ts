import { expect, test } from '@jest/globals';
import { spiffeIdOf } from './spiffe.ts';

const id = 'spiffe://dev.shop/ns/shop/sa/users';

test('the SPIFFE ID is the one URI, among names of other kinds', () => {
  expect(spiffeIdOf({ subjectAltName: `URI:${id}` })).toBe(id);
  expect(spiffeIdOf({ subjectAltName: `DNS:users, URI:${id}, IP Address:10.0.0.1` })).toBe(id);
});

test.each([
  ['no names', undefined],
  ['no URI', 'DNS:users'],
  ['two URIs', `URI:${id}, URI:${id}`],
  ['two URIs, the second of another scheme', `URI:${id}, URI:https://dev.shop`],
  ['a URI that is not a SPIFFE ID', 'URI:https://dev.shop/ns/shop/sa/users'],
])('%s: no SPIFFE ID', (_what, subjectAltName) => {
  expect(spiffeIdOf({ subjectAltName })).toBeUndefined();
});

test.each([
  ['a quoted DNS name with a URI in it', `DNS:"x, URI:${id}"`],
  ['a quoted URI', `URI:"${id}, DNS:x"`],
  ['a quote that never ends', `DNS:"x, URI:${id}`],
  ['a name without kind', `x, URI:${id}`],
  ['a comma at the end', `URI:${id}, `],
  ['text behind a quoted name', `DNS:"x"URI:${id}`],
])('%s has no SPIFFE ID', (_what, subjectAltName) => {
  expect(spiffeIdOf({ subjectAltName })).not.toBe(id);
});
