import { describe, expect, test } from '@jest/globals';
import { masked } from './mask.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49PLANTED\n-----END PRIVATE KEY-----\n';

describe('is hidden anywhere:', () => {
  test.each([
    ['a password in a text', 'user=shop password=PLANTED-1 host=db', 'user=shop password=(hidden) host=db'],
    ['the login of a URL', 'postgres://shop:PLANTED-2@db:5432/shop', 'postgres://shop:(hidden)@db:5432/shop'],
    ['a token on a command line', 'run --token=PLANTED-3 --fast', 'run --token=(hidden) --fast'],
    ['a key in JSON', '{"apiKey": "PLANTED-4"}', '{"apiKey": "(hidden)"}'],
    ['a private key', `before\n${PEM}`, 'before\n(hidden)\n'],
    ['a private key that is cut off', PEM.slice(0, 40), '(hidden)'],
    ['a token of the identity service', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJl', '(hidden)'],
    ['base64', 'cGxhbnRlZCBzZWNyZXQgb2YgMzIgYnl0ZXMgMDE=', '(hidden)'],
  ])('%s', (_, text, shown) => {
    expect(masked({ before: undefined, list: [{ after: text }] })).toEqual({
      before: undefined,
      list: [{ after: shown }],
    });
  });
});

test.each([
  'sha256:2d1f4c0a6b8e9f00112233445566778899aabbccddeeff001122334455667788',
  'registry.example/shop/users@sha256:2d1f4c0a6b8e9f00112233445566778899aabbccddeeff001122334455667788',
  '<<secret:password:postgres/backup/key>>',
  'SMTP_PASSWORD_FILE=/var/run/groundwork/mail/url',
  'https://prometheus.shop-dev.svc.cluster.local:9090/api',
  'services/notifications/migrations/0001_messages_and_inbox.sql',
  'postgres-from-notifications-provisioning-8ccb5eaaee01',
  'Job/postgres-notifications-80deb2cf66c0',
])('%s is shown', (text) => expect(masked(text)).toBe(text));
