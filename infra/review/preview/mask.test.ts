import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { diff } from './diff/index.ts';
import { FORGES, json, makePreview, markdown, page } from './index.ts';
import { masked, maskedText, withoutSecrets } from './mask.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49PLANTED\n-----END PRIVATE KEY-----\n';

describe('is hidden anywhere:', () => {
  test.each([
    ['a password in a text', 'user=shop password=PLANTED-1 host=db', 'user=shop password=(hidden) host=db'],
    ['the login of a URL', 'postgres://shop:PLANTED-2@db:5432/shop', 'postgres://shop:(hidden)@db:5432/shop'],
    ['a token on a command line', 'run --token=PLANTED-3 --fast', 'run --token=(hidden) --fast'],
    [
      'a short password on a command line',
      'redis-server --requirepass x --save',
      'redis-server --requirepass (hidden) --save',
    ],
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
  'automountServiceAccountToken: false',
])('%s is shown', (text) => expect(masked(text)).toBe(text));

test.each([
  'it no longer asks for a token: everybody may ask',
  "it violates the policy 'account-without-token': automountServiceAccountToken: must be false",
  'the values of these keys change: password, token',
])('a sentence is never hidden: %s', (text) => expect(maskedText(text)).toBe(text));

const object = (apiVersion: string, kind: string, rest: object, metadata: object = {}): Manifest =>
  ({ apiVersion, kind, metadata: { name: 'a', namespace: 'n', ...metadata }, ...rest }) as unknown as Manifest;
const pod = (container: object) =>
  object('apps/v1', 'Deployment', { spec: { template: { spec: { containers: [{ name: 'c', ...container }] } } } });

describe('a secret is known by its place', () => {
  const places: [string, (value: string) => Manifest][] = [
    ['data', (value) => object('v1', 'Secret', { data: { users: value } })],
    ['stringData', (value) => object('v1', 'Secret', { stringData: { users: value } })],
    ['a variable', (value) => pod({ env: [{ name: 'LEGACY_DB_PASSWORD', value }] })],
    ['a flag and its value', (value) => pod({ args: ['--requirepass', value] })],
    ['a flag with its value', (value) => pod({ args: [`--api-token=${value}`] })],
    ['a setting', (value) => object('v1', 'ConfigMap', { data: { DB_PASSWORD: value } })],
    [
      'a pair in a custom kind',
      (value) => object('example.org/v1', 'Widget', { spec: { options: [{ name: 'db.password', value }] } }),
    ],
    [
      'a field of a custom kind',
      (value) => object('example.org/v1', 'Widget', { spec: { auth: { clientSecret: value } } }),
    ],
    [
      'what kubectl applied last',
      (value) =>
        object(
          'v1',
          'Secret',
          {},
          { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"a":"${value}"}}` } },
        ),
    ],
  ];
  test.each(places)('%s, and no format of a preview shows it', (_, make) => {
    // Short, and a common word: no pattern finds it, and hiding it anywhere else would hide words.
    const [from, to] = ['orders', 'catalog'].map((value) => ({
      version: 'v',
      environments: { test: [{ chart: 'c', path: 'p', why: 'w', manifest: make(`${value}1`) }] },
    }));
    if (from === undefined || to === undefined) return;
    const preview = makePreview({ base: from, head: to, time: new Date(0) });
    for (const text of [json(preview), page(preview), ...FORGES.map((forge) => markdown(preview, { forge }))])
      expect(text).not.toMatch(/orders1|catalog1|\(hidden [0-9a-f]/);
  });

  test.each(places.slice(0, -1))('%s, and its change is a change', (_, make) => {
    expect(withoutSecrets(make('a'))).not.toEqual(withoutSecrets(make('b')));
    expect(withoutSecrets(make('a'))).toEqual(withoutSecrets(make('a')));
  });

  test('the same value in data and in stringData is no change, and another value is', () => {
    const data = (text: string) =>
      withoutSecrets(object('v1', 'Secret', { data: { a: Buffer.from(text).toString('base64') } }));
    const text = withoutSecrets(object('v1', 'Secret', { stringData: { a: 'schön' } }));
    expect(diff(data('schön'), text)).toEqual([]);
    expect(diff(data('schon'), text)).toHaveLength(1);
    const binary = (byte: number) =>
      withoutSecrets(object('v1', 'Secret', { data: { a: Buffer.from([byte]).toString('base64') } }));
    expect(diff(binary(0xff), binary(0xfe))).toHaveLength(1);
  });

  test.each<[string, Manifest]>([
    ['a token of a deploy-time secret', object('v1', 'Secret', { stringData: { a: '<<secret:password:a/b>>' } })],
    ['a file', pod({ env: [{ name: 'DB_PASSWORD_FILE', value: '/run/password' }] })],
    ['a file of another variable', pod({ env: [{ name: 'LOGIN_TOKEN', value: '/var/run/login/token' }] })],
    ['another variable', pod({ env: [{ name: 'DB_PASSWORD', value: '$(OTHER)' }] })],
    [
      'the name of a Secret',
      pod({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db-password', key: 'password' } } }] }),
    ],
    [
      'the name of a Secret of an operator',
      object('example.org/v1', 'Widget', { spec: { serverTLSSecret: 'postgres' } }),
    ],
    ['a switch', object('v1', 'ServiceAccount', { automountServiceAccountToken: false })],
    ['the flag after a flag', pod({ args: ['--use-token', '--fast'] })],
  ])('%s is none', (_, manifest) => expect(withoutSecrets(manifest)).toEqual(manifest));
});
