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
  test('keeps its key when it is renewed, so that certificates of before still verify', () => {
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
  test('is left out where a ClusterIssuer signs', () => {
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
  test('has a new key each time, and lasts a day, of which the last third is for its renewal', () => {
    expect(at(client(), 'spec')).toMatchObject({
      privateKey: { rotationPolicy: 'Always', encoding: 'PKCS8' },
      duration: '24h0m0s',
      renewBefore: '8h0m0s',
    });
  });
  test('lasts, and is renewed, as asked for', () => {
    const identity = { life: Duration.hours(2), renewBefore: Duration.minutes(90) };
    expect(at(client({ identity }), 'spec')).toMatchObject({ duration: '2h0m0s', renewBefore: '1h30m0s' });
  });
  test('of one that serves nothing is good for asking only', () => {
    expect(at(client(), 'spec.usages')).toEqual(['digital signature', 'client auth']);
    expect(at(client(), 'spec')).not.toHaveProperty('dnsNames');
  });
  test('is that of one account', () => {
    const twice = (platform: Platform, chart: Chart) => {
      for (const id of ['a', 'b'])
        platform.identities.issue(new Chart(chart, id), { account: 'batch', origin: 'a test' });
    };
    expect(() => town({}, twice)).toThrow(/the account has one already\s+at identity of 'batch'/);
  });
  test('has no room for a name of more than 64 characters', () => {
    expect(() => client({ namespace: 'n'.repeat(59) })).toThrow(/its common name 'batch\.n+' has 65 characters/);
  });
});

describe('an identity is refused', () => {
  test.each<[string, IdentityProps, string]>([
    ['a life that cert-manager would not take', { life: Duration.minutes(59) }, 'identity › life'],
    ['renewal without end', { life: Duration.hours(2), renewBefore: Duration.hours(2) }, 'renewed without end'],
    ['renewal beyond the default life', { renewBefore: Duration.days(2) }, 'renewed without end'],
    ['renewal too late for clocks that are apart', { renewBefore: Duration.minutes(9) }, 'identity › renewBefore'],
    ['a ClusterIssuer that is no name', { clusterIssuer: 'Our CA' }, 'identity › clusterIssuer'],
  ])('%s', (_, identity, part) => {
    expect(() => town({ identity })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
    );
  });
});
