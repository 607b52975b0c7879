import { contract, Duration } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { at, objectsOf } from '../../test/support/system.ts';
import { Cpu, Graph, type Manifest, Platform, type PlatformProps, Size } from '../index.ts';
import type { IdentityProps } from './index.ts';

const quota = { cpu: Cpu.units(4), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 40 };
const graph = new Graph([contract('users', {})]);

function town(
  props: Partial<PlatformProps> = {},
  issue: (platform: Platform, chart: Chart) => void = () => {},
): Readonly<Record<string, Manifest>> {
  const app = new App();
  const platform = new Platform(new Chart(app, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph,
    quota,
    ...props,
  });
  issue(platform, new Chart(app, 'clients'));
  return objectsOf(app);
}
const client = (props: Partial<PlatformProps> = {}) =>
  town(props, (platform, chart) => platform.identities.issue(chart, { account: 'batch', origin: 'a test' }))[
    'Certificate/batch-identity'
  ];

describe("an environment's authority", () => {
  test('keeps its key when it is renewed, so that earlier certificates still verify', () => {
    expect(at(town()['Certificate/identity-authority'], 'spec')).toMatchObject({
      isCA: true,
      privateKey: { rotationPolicy: 'Never' },
      usages: ['cert sign', 'crl sign'],
      duration: '87600h0m0s',
      renewBefore: '8760h0m0s',
    });
  });
  test('signs for its namespace only', () => {
    const kinds = Object.keys(town()).filter((key) => /Issuer/.test(key));
    expect(kinds).toEqual(['Issuer/identity', 'Issuer/identity-self-signed']);
  });
  test('does not exist if a ClusterIssuer signs', () => {
    expect(
      Object.keys(town({ identity: { clusterIssuer: 'company' } })).filter((key) => /Issuer|authority/.test(key)),
    ).toEqual([]);
    expect(at(client({ identity: { clusterIssuer: 'company' } }), 'spec.issuerRef')).toEqual({
      name: 'company',
      kind: 'ClusterIssuer',
      group: 'cert-manager.io',
    });
  });
});

describe('a certificate', () => {
  test('has a new key each time, is valid for a day, and is renewed in the last third', () => {
    expect(at(client(), 'spec')).toMatchObject({
      privateKey: { rotationPolicy: 'Always', encoding: 'PKCS8' },
      duration: '24h0m0s',
      renewBefore: '8h0m0s',
    });
  });
  test('has the lifetime and renewal of the props', () => {
    const identity = { life: Duration.hours(2), renewBefore: Duration.minutes(90) };
    expect(at(client({ identity }), 'spec')).toMatchObject({ duration: '2h0m0s', renewBefore: '1h30m0s' });
  });
  test('without DNS names is valid for clients only', () => {
    expect(at(client(), 'spec.usages')).toEqual(['digital signature', 'client auth']);
    expect(at(client(), 'spec')).not.toHaveProperty('dnsNames');
  });
  test('is issued once for each account', () => {
    const twice = (platform: Platform, chart: Chart) => {
      for (const id of ['a', 'b'])
        platform.identities.issue(new Chart(chart, id), { account: 'batch', origin: 'a test' });
    };
    expect(() => town({}, twice)).toThrow(
      /the account already has a certificate: a test has a workload\s+at identity of 'batch'/,
    );
  });
  test('has a common name of at most 64 characters', () => {
    expect(() => client({ namespace: 'n'.repeat(59) })).toThrow(/at most 64 characters, 'batch\.n+' has 65/);
  });
});

describe('an identity is rejected', () => {
  test.each<[string, IdentityProps, string]>([
    ['a life below the minimum of cert-manager', { life: Duration.minutes(59) }, 'identity › life'],
    ['renewal in a loop', { life: Duration.hours(2), renewBefore: Duration.hours(2) }, 'renewed in a loop'],
    ['renewal beyond the default life', { renewBefore: Duration.days(2) }, 'renewed in a loop'],
    ['renewal too late for clocks that differ', { renewBefore: Duration.minutes(9) }, 'identity › renewBefore'],
    ['a ClusterIssuer that is no name of an object', { clusterIssuer: 'Our CA' }, 'identity › clusterIssuer'],
  ])('%s', (_, identity, part) => {
    expect(() => town({ identity })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
    );
  });
});
