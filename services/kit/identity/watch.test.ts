import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAuthority } from '../../../test/support/pki.ts';
import { until } from '../../../test/support/until.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { readIdentity } from './certificate.ts';
import { type IdentityWatch, watchIdentity } from './watch.ts';

const authority = createAuthority();
const foreign = createAuthority('foreign');
afterAll(() => {
  authority.remove();
  foreign.remove();
});

const fromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

describe('a certificate at the start', () => {
  test('is read with its SPIFFE ID and its expiry', () => {
    const notAfter = fromNow(60);
    const identity = readIdentity(authority.issue('users.shop', { notAfter }));
    expect(identity.spiffeId).toBe('spiffe://test.shop/ns/shop/sa/users');
    expect(Math.abs(+identity.notAfter - +notAfter)).toBeLessThan(1000);
  });

  test('of an expired authority is rejected, and the error names the authority and its expiry', () => {
    const folder = authority.issue('users.shop');
    authority.end(folder);
    expect(() => readIdentity(folder)).toThrow(/the certificate of CN=test expired on \d{4}-/);
  });

  test.each([
    ['that has expired', { notAfter: fromNow(-1) }, /expired on/],
    ['that is not valid yet', { notBefore: fromNow(3) }, /is not valid before .*, and the local time is/],
    ['without SPIFFE ID', { uris: [] }, /exactly one SPIFFE ID/],
    ['with two', { uris: ['spiffe://a/b', 'spiffe://a/c'] }, /exactly one SPIFFE ID/],
  ])('one %s is rejected', (_what, wish, why) => {
    const read = () => readIdentity(authority.issue('faulty.shop', wish));
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(why);
  });

  test('a missing file, a foreign key, a foreign authority and a truncated file have different errors', () => {
    const folder = authority.issue('parts.shop');
    const other = foreign.issue('parts.shop');
    const put = (file: string, from: string) => cpSync(join(from, file), join(folder, file));
    put('tls.key', other);
    expect(() => readIdentity(folder)).toThrow(/tls.key is not the key of tls.crt/);
    put('tls.crt', other);
    expect(() => readIdentity(folder)).toThrow(/is not issued by an authority in ca.crt/);
    put('ca.crt', other);
    expect(readIdentity(folder).spiffeId).toContain('parts');
    writeFileSync(join(folder, 'tls.crt'), '-----BEGIN CERTIFICATE-----\nMIIB');
    expect(() => readIdentity(folder)).toThrow(/contains no certificate/);
    rmSync(join(folder, 'tls.crt'));
    expect(() => readIdentity(folder)).toThrow(/tls.crt cannot be read: ENOENT/);
  });
});

describe('a certificate that is renewed', () => {
  let folder: string;
  let metrics: Metrics;
  let watched: IdentityWatch;
  let versions: number;
  let lines: string[];

  /** Mounts files as the kubelet does: a new folder, then the link `..data` moves. */
  function mount(from: string): void {
    versions += 1;
    cpSync(from, join(folder, `..${versions}`), { recursive: true });
    symlinkSync(`..${versions}`, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  }
  const figure = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value;

  beforeEach(() => {
    versions = 0;
    folder = mkdtempSync(join(tmpdir(), 'groundwork-identity-'));
    mount(authority.issue('users.shop'));
    for (const file of ['tls.crt', 'tls.key', 'ca.crt']) symlinkSync(join('..data', file), join(folder, file));
    metrics = createMetrics('users');
    lines = [];
    const log = createLogger(
      { SERVICE: 'users', ENVIRONMENT: 'test', LOG_LEVEL: 'info' },
      { write: (line) => void lines.push(line) },
    );
    watched = watchIdentity(folder, { log, metrics });
  });
  afterEach(() => {
    watched.stop();
    rmSync(folder, { recursive: true });
  });

  test('is used when the link moves, and metrics show its expiry', async () => {
    const renewed = Promise.withResolvers<string>();
    watched.onRenewed(({ cert }) => renewed.resolve(cert));
    const before = watched.current;
    mount(authority.issue('users.shop', { notAfter: fromNow(90) }));
    expect(await renewed.promise).toBe(watched.current.cert);
    expect(watched.current.cert).not.toBe(before.cert);
    expect(await figure('identity_certificate_expiry_timestamp_seconds')).toBe(+watched.current.notAfter / 1000);
    expect(await figure('identity_reload_failures_total')).toBe(0);
  });

  test.each([
    [
      'a pair that does not belong together',
      () => {
        const broken = authority.issue('users.shop', { folder: 'broken' });
        cpSync(join(foreign.issue('users.shop'), 'tls.key'), join(broken, 'tls.key'));
        return broken;
      },
    ],
    ['a certificate that has ended', () => authority.issue('users.shop', { folder: 'ended', notAfter: fromNow(-1) })],
  ])('%s is counted and ignored, and the current certificate stays in use', async (_what, make) => {
    const before = watched.current;
    mount(make());
    await until(async () => ((await figure('identity_reload_failures_total')) ?? 0) > 0);
    expect(watched.current).toBe(before);
    mount(authority.issue('users.shop'));
    await until(() => watched.current !== before);
  });

  test('of another authority is used at once', async () => {
    const before = watched.current;
    mount(foreign.issue('users.shop', { notBefore: fromNow(0) }));
    await until(() => watched.current !== before);
    expect(watched.current.ca).not.toBe(before.ca);
  });

  test('waits for the clock skew, unless the current certificate is about to expire', async () => {
    const before = watched.current;
    mount(authority.issue('users.shop', { notBefore: fromNow(-1) }));
    await until(() => lines.some((line) => line.includes('waits for the clock skew')));
    expect(watched.current).toBe(before);
    mount(authority.issue('users.shop', { notAfter: fromNow(8) }));
    await until(() => watched.current !== before);
    const ending = watched.current;
    mount(authority.issue('users.shop', { notBefore: fromNow(-1) }));
    await until(() => watched.current !== ending);
  });
});
