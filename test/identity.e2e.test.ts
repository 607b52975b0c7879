import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { heldBy } from '../infra/operate/identity/certificate.ts';
import { issueAgain, rotateAuthority } from '../infra/operate/index.ts';
import { type Dev, devAsItRuns, devDown } from './support/dev.ts';
import { runningImages } from './support/generated-system.ts';
import { expired } from './support/identity/expired.ts';
import { Peers, type Seen } from './support/identity/peers.ts';
import { renewShop } from './support/identity/shop.ts';
import { createAuthority } from './support/pki.ts';
import { tlsFiles } from './support/realm.ts';
import type { Outcome } from './support/traffic.ts';
import { becomes } from './support/until.ts';

const silent = { step: () => {}, say: () => {}, skipped: () => {} };
let dev: Dev;
let peers: Peers;
let lives: readonly string[];
let start: Seen;
let shop: Promise<Outcome>;
beforeAll(async () => {
  dev = await devAsItRuns();
  const gateway = await dev.kubectl.get('deployment', 'gateway', dev.namespace);
  const { spec } = gateway as unknown as { spec: { template: { spec: { containers: [{ image: string }] } } } };
  const images = await runningImages(dev.kubectl);
  if (images === undefined) throw new Error('PostgreSQL is not running in dev');
  peers = new Peers(dev.kubectl, spec.template.spec.containers[0].image, images);
  await peers.deploy();
  await becomes('calls succeed', async () => (await peers.seen().catch(() => undefined))?.answered !== undefined);
  // Not before all pods of the test run: starting them takes the CPU that the sign-ups need to meet their deadline.
  shop = renewShop(dev);
  shop.catch(() => {}); // the last test reports it
  lives = await peers.lives();
  start = await peers.seen();
}, 30 * 60_000);
afterAll(async () => {
  await peers?.remove();
  await devDown(dev);
}, 120_000);

const text = async (secret: string, key: string): Promise<string> =>
  Buffer.from((await peers.secret(secret))?.data?.[key] ?? '', 'base64').toString();
const issued = async (secret: string): Promise<string | undefined> =>
  heldBy(await peers.secret(secret))?.chain[0]?.serialNumber;

/** Waits until each pod serves its latest certificate, and the caller presents its own. */
const taken = (): Promise<void> =>
  becomes('all pods use their latest certificates', async () => {
    const [stock, shop, server] = await Promise.all(
      ['stock', 'shop', 'postgres'].map((account) => issued(`${account}-identity`)),
    );
    const { shown, served } = await peers.seen();
    return (
      shown === shop &&
      Object.entries(served).every(([host, serial]) => serial === (host === 'postgres' ? server : stock))
    );
  });

/** Expects that since `start` calls went on, each succeeded, and no container restarted. */
async function expectNoHarm(since: Seen): Promise<void> {
  const { sent, failed } = await peers.seen();
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(since.sent);
  expect(await peers.lives()).toEqual(lives);
}

test('renewed certificates of a service, its caller and PostgreSQL are reloaded under steady calls: none fails, nothing restarts', async () => {
  await taken();
  const [before, old] = [await peers.seen(), await issued('stock-identity')];
  await Promise.all(
    ['stock-identity', 'shop-identity', 'postgres-identity'].map((name) =>
      issueAgain(dev.kubectl, peers.namespace, name),
    ),
  );
  expect(await issued('stock-identity')).not.toBe(old);
  await taken();
  await expectNoHarm(before);
});

test('the key of the authority is rotated under steady calls: none fails, nothing restarts, and certificates of the old key are rejected', async () => {
  const before = await peers.seen();
  const [cert, key, ca] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((name) => text('shop-identity', name)),
  );
  const old = { cert, key, ca } as { cert: string; key: string; ca: string };
  const rotation = { kubectl: dev.kubectl, namespace: peers.namespace, progress: silent };
  let steps = 0;
  const cutOff = async () => {
    steps += 1;
    if (steps === 3) throw new Error('cut off');
    await taken();
  };
  await expect(rotateAuthority({ ...rotation, taken: cutOff })).rejects.toThrow('cut off');
  expect(await rotateAuthority({ ...rotation, taken })).toContain('a new key');
  expect(steps).toBe(3);
  await taken();
  await expectNoHarm(before);
  const now = await text('shop-identity', 'ca.crt');
  expect(now).not.toBe(old.ca);
  expect(await text('identity-authority', 'tls.crt')).toBe(now);
  expect(await peers.secret('identity-authority-next')).toBeUndefined();
  // The client trusts the new authority, so the rejection comes from the server.
  expect(await peers.call({ ...old, ca: now })).toMatch(/alert (unknown ca|bad certificate)|ECONNRESET/i);
  const [newCert, newKey] = await Promise.all(['tls.crt', 'tls.key'].map((name) => text('shop-identity', name)));
  expect(await peers.call({ cert: newCert as string, key: newKey as string, ca: now })).toBe('status 200');
}, 600_000);

test('a certificate in the name of the caller from another authority is rejected', async () => {
  const foreign = createAuthority('foreign');
  try {
    const uris = [`spiffe://identity.town/ns/${peers.namespace}/sa/shop`];
    const { cert, key } = tlsFiles(foreign.issue(`shop.${peers.namespace}`, { uris }));
    expect(await peers.call({ cert, key, ca: await text('shop-identity', 'ca.crt') })).toMatch(
      /alert unknown ca|ECONNRESET/i,
    );
  } finally {
    foreign.remove();
  }
});

test('an expired authority is renewed at once with the same key: certificates issued next are reloaded, and no call fails', async () => {
  const before = await peers.seen();
  const [cert, key] = (await Promise.all(['tls.crt', 'tls.key'].map((name) => text('identity-authority', name)))) as [
    string,
    string,
  ];
  const ended = expired({ cert, key });
  const stringData = { 'tls.crt': ended, 'ca.crt': ended };
  await peers.run('patch', 'secret', 'identity-authority', '--type=merge', '--patch', JSON.stringify({ stringData }));
  await becomes(
    'the authority is valid again',
    async () => new X509Certificate(await text('identity-authority', 'tls.crt')).validToDate > new Date(),
  );
  expect(await text('identity-authority', 'tls.key')).toBe(key);
  await Promise.all(['stock-identity', 'shop-identity'].map((name) => issueAgain(dev.kubectl, peers.namespace, name)));
  expect(await text('shop-identity', 'ca.crt')).toBe(await text('identity-authority', 'tls.crt'));
  await taken();
  await expectNoHarm(before);
});

test('no call has failed since the first', async () => expectNoHarm(start));

test('the certificates of gateway, users, Postgres and Kafka are renewed under steady sign-ups: none fails, nothing restarts', async () => {
  const { sent, failed } = await shop;
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(100);
}, 600_000);
