import { route } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { Type } from 'typebox';
import { at, fixedImages, objectsOf } from '../../test/support/system.ts';
import { Consul, type ConsulProps, type Contract, Cpu, contract, Graph, Platform, Size } from '../index.ts';
import { snapshotScript } from './snapshots.ts';
import { startScript } from './start-script.ts';

const users = contract('users', { http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) } });
const catalog = contract('catalog', { calls: [users.http.ask] });

function app(props: Partial<ConsulProps> = {}): App {
  const made = new App();
  const platform = new Platform(new Chart(made, 'platform'), 'platform', {
    environment: 'test',
    system: 'town',
    graph: new Graph([users, catalog] as readonly Contract[]),
    quota: { cpu: Cpu.units(100), memory: Size.tebibytes(1), storage: Size.tebibytes(1), pods: 1000 },
  });
  new Consul(new Chart(made, 'consul'), 'consul', {
    platform,
    image: fixedImages.thirdParty('consul'),
    provisioner: fixedImages.service('provisioner'),
    ...props,
  });
  return made;
}
const settingsOf = (props: Partial<ConsulProps>, name: string) => {
  const data = at(objectsOf(app(props))[`ConfigMap/${name}`], 'data') as Record<string, string>;
  return JSON.parse(data['consul.json'] ?? '');
};

describe('Consul', () => {
  test.each(['consul-server', 'consul-agent'])(
    '%s listens on TLS and gossip only, and denies requests without a token',
    (name) => {
      const { ports, tls, acl } = settingsOf({}, name);
      expect(ports).toEqual({
        http: -1,
        https: 8501,
        grpc: -1,
        grpc_tls: -1,
        dns: -1,
        serf_lan: 8301,
        serf_wan: -1,
        server: 8300,
      });
      expect(tls).toMatchObject({
        defaults: { verify_incoming: true, verify_outgoing: true },
        internal_rpc: { verify_server_hostname: true },
      });
      expect(acl).toMatchObject({ enabled: true, default_policy: 'deny' });
    },
  );
  test.each([
    [1, 1, false],
    [3, 2, true],
    [5, 3, true],
  ])('with %i servers never has a quorum below %i, and gives up a vote on leaving: %s', (servers, least, leaves) => {
    expect(settingsOf({ servers }, 'consul-server')).toMatchObject({
      bootstrap_expect: servers,
      leave_on_terminate: leaves,
      autopilot: { min_quorum: least },
    });
  });
  test('routes a pod to the agent of its node', () => {
    expect(at(objectsOf(app())['Service/consul-agent'], 'spec.internalTrafficPolicy')).toBe('Local');
  });
  test('allows each service to read the instances of its callees, and no others', () => {
    const { services } = settingsOf({}, 'consul-provisioner');
    expect(services).toEqual(
      expect.arrayContaining([
        { name: 'catalog', reads: ['users'] },
        { name: 'users', reads: [] },
      ]),
    );
  });
  test('has no host port, and no secret in a ConfigMap or an argument', () => {
    const text = JSON.stringify(Object.values(objectsOf(app())).filter(({ kind }) => kind !== 'Secret'));
    expect(text).not.toMatch(/hostPort|hostNetwork|<<secret:/);
  });
  test('removes the oldest snapshots only after the newest has been verified', () => {
    const script = snapshotScript(2);
    expect(script.indexOf('inspect')).toBeLessThan(script.indexOf('rm -f'));
  });
  test('reloads its certificate when it is renewed', () => {
    expect(startScript({ agent: 'agent' })).toContain('kill -HUP $consul');
  });
  test.each<[string, Partial<ConsulProps>, string]>([
    ['an even number of servers', { servers: 2 }, 'consul › servers'],
    ['seven servers', { servers: 7 }, 'consul › servers'],
    ['a datacenter that is not a DNS label', { datacenter: 'DC_1' }, 'consul › datacenter'],
    ['a volume below 1Gi', { storage: Size.mebibytes(100) }, 'consul › storage'],
    [
      'too little memory',
      { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(64) } },
      'consul › resources › memory',
    ],
    ['no retained snapshots', { snapshots: { keep: 0 } }, 'consul › snapshots.keep'],
    ['a malformed schedule', { snapshots: { schedule: 'hourly' } }, 'consul › snapshots.schedule'],
    ['no nodes', { nodes: 0 }, 'consul › nodes'],
  ])('rejects %s', (_, props, part) => {
    expect(() => app(props)).toThrow(expect.objectContaining({ message: expect.stringContaining(part) }));
  });
});
