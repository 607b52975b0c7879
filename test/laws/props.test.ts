import {
  type Contract,
  Cpu,
  contract,
  type Edge,
  type Manifest,
  postgres,
  route,
  Size,
  synthesize,
} from '@groundwork/constructs';
import { Duration } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import type { App } from 'cdk8s';
import { Type } from 'typebox';
import { type Environment, environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, nodePort, type SystemProps, system } from '../support/system.ts';

const door = contract('door', {
  http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) },
  owns: [postgres({ migrations: 'services/door/migrations' })],
  edge: true,
}) as Contract;

const text = (app: App): string => JSON.stringify(synthesize(app).objects.map(({ manifest }) => manifest));
const plain: SystemProps = { contracts: [door] };
const ingress: Edge = {
  kind: 'ingress',
  host: 'a.example',
  tlsSecret: 'tls',
  className: 'nginx',
  controllerNamespace: 'ingress',
};
const balancer: Edge = { kind: 'load-balancer', url: 'https://a.example', sourceRanges: ['10.0.0.0/8'] };
const quota = { cpu: Cpu.units(50), memory: Size.gibibytes(50), storage: Size.gibibytes(50), pods: 50 };

describe('law 6, every declared prop reaches a manifest', () => {
  test.each<[string, Partial<SystemProps>]>([
    ['platform.environment', { platform: { environment: 'other' } }],
    ['platform.system', { platform: { system: 'city' } }],
    ['platform.namespace', { platform: { namespace: 'elsewhere' } }],
    [
      'platform.containerDefaults',
      { platform: { containerDefaults: { cpu: Cpu.millis(7), memory: Size.mebibytes(77) } } },
    ],
    ['platform.quota.cpu', { platform: { quota: { ...quota, cpu: Cpu.units(51) } } }],
    ['platform.quota.memory', { platform: { quota: { ...quota, memory: Size.gibibytes(51) } } }],
    ['platform.quota.storage', { platform: { quota: { ...quota, storage: Size.gibibytes(51) } } }],
    ['platform.quota.pods', { platform: { quota: { ...quota, pods: 51 } } }],
    ['platform.edge', { platform: { edge: ingress } }],
    ['platform.identity.clusterIssuer', { platform: { identity: { clusterIssuer: 'company' } } }],
    ['platform.identity.life', { platform: { identity: { life: Duration.hours(12) } } }],
    ['platform.identity.renewBefore', { platform: { identity: { renewBefore: Duration.hours(9) } } }],
    ['postgres.image', { postgres: { image: 'registry.example/postgres:2' } }],
    ['postgres.storage', { postgres: { storage: Size.gibibytes(11) } }],
    ['postgres.storageClass', { postgres: { storageClass: 'fast' } }],
    ['postgres.resources.cpu', { postgres: { resources: { cpu: Cpu.millis(333), memory: Size.mebibytes(512) } } }],
    ['postgres.resources.memory', { postgres: { resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(513) } } }],
    ['postgres.exporterImage', { postgres: { exporterImage: 'registry.example/exporter:2' } }],
    ['postgres.backups', { postgres: { backups: { repository: { kind: 'volume', size: Size.gibibytes(20) } } } }],
    ['postgres.maxConnections', { postgres: { maxConnections: 321 } }],
    ['service.image', { service: { image: 'registry.example/door:2' } }],
    ['service.scaling.min', { service: { scaling: { min: 4 } } }],
    ['service.scaling.max', { service: { scaling: { min: 2, max: 5 } } }],
    ['service.scaling.targetCpu', { service: { scaling: { min: 2, max: 5, targetCpu: 55 } } }],
    ['service.resources.cpu', { service: { resources: { cpu: Cpu.millis(123), memory: Size.mebibytes(192) } } }],
    ['service.resources.memory', { service: { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(193) } } }],
    ['service.spread.nodes', { service: { spread: { nodes: 'required' } } }],
    ['service.spread.zones', { service: { spread: { zones: 'ignored' } } }],
    ['service.logLevel', { service: { logLevel: 'warn' } }],
  ])('law: a change of %s shows', (_, change) => {
    expect(text(system({ ...plain, ...change }))).not.toBe(text(system(plain)));
  });

  const edges: [string, Edge, Edge][] = [
    ['ingress.host', ingress, { ...ingress, host: 'b.example' }],
    ['ingress.tlsSecret', ingress, { ...ingress, tlsSecret: 'other' }],
    ['ingress.className', ingress, { ...ingress, className: 'traefik' }],
    ['ingress.controllerNamespace', ingress, { ...ingress, controllerNamespace: 'other' }],
    ['load-balancer.url', balancer, { ...balancer, url: 'https://b.example' }],
    ['load-balancer.sourceRanges', balancer, { ...balancer, sourceRanges: ['10.0.0.0/8', '192.0.2.0/24'] }],
    ['load-balancer.annotations', balancer, { ...balancer, annotations: { a: 'b' } }],
    ['node-port.port', nodePort, { ...nodePort, port: 30081 } as Edge],
    ['node-port.url', nodePort, { ...nodePort, url: 'http://127.0.0.1:9090' } as Edge],
  ];
  test.each(edges)('law: a change of the edge in %s shows', (_, before, after) => {
    const withEdge = (edge: Edge) => text(system({ ...plain, platform: { edge } }));
    expect(withEdge(after)).not.toBe(withEdge(before));
  });

  test.each<[string, SystemProps['platform'] & object, Partial<SystemProps>]>([
    ['scaling', {}, { service: { scaling: { min: 2 } } }],
    ['service resources', {}, { service: { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(192) } } }],
    ['spread', {}, { service: { spread: { nodes: 'preferred', zones: 'preferred' } } }],
    ['logLevel', {}, { service: { logLevel: 'info' } }],
    ['postgres resources', {}, { postgres: { resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(512) } } }],
    ['identity', {}, { platform: { identity: { life: Duration.hours(24), renewBefore: Duration.hours(8) } } }],
    ['namespace', {}, { platform: { namespace: 'town-test' } }],
    [
      'containerDefaults',
      {},
      { platform: { containerDefaults: { cpu: Cpu.millis(100), memory: Size.mebibytes(128) } } },
    ],
  ])('law: %s left out equals its documented default', (_, _platform, explicit) => {
    expect(text(system({ ...plain, ...explicit }))).toBe(text(system(plain)));
  });
});

/** Changes of an environment, each of one field that has no other effect than on manifests. */
const changes: [string, (environment: Environment) => Environment][] = [
  ['name', (e) => ({ ...e, name: 'other' })],
  ['edge', (e) => ({ ...e, edge: balancer })],
  ['spread', (e) => ({ ...e, spread: { nodes: 'required', zones: 'ignored' } })],
  ['logLevel', (e) => ({ ...e, logLevel: 'error' })],
  ['postgres.storage', (e) => ({ ...e, postgres: { ...e.postgres, storage: Size.gibibytes(3) } })],
  ['postgres.storageClass', (e) => ({ ...e, postgres: { ...e.postgres, storageClass: 'other' } })],
  ['postgres.maxConnections', (e) => ({ ...e, postgres: { ...e.postgres, maxConnections: 999 } })],
  ['quota', (e) => ({ ...e, quota: { ...e.quota, pods: 101 } })],
  [
    'services.users.scaling',
    (e) => ({
      ...e,
      services: {
        ...e.services,
        users: { ...e.services.users, scaling: { min: 2, max: 3 } } as Environment['services'][string],
      },
    }),
  ],
];

/** The environment with room for every change, however full its quota is. */
const roomy = (e: Environment): Environment => ({
  ...e,
  quota: { cpu: Cpu.units(1000), memory: Size.tebibytes(10), storage: Size.tebibytes(10), pods: 1000 },
  postgres: { ...e.postgres, maxConnections: 900 },
});

describe.each(Object.values(environments).map(roomy))('law 6 over $name', (environment: Environment) => {
  const manifests = (of: Environment): string =>
    JSON.stringify(synthesize(shop(of, fixedImages)).objects.map(({ manifest }: { manifest: Manifest }) => manifest));
  test.each(changes)('a change of %s shows in its manifests', (_, change) => {
    expect(manifests(change(environment))).not.toBe(manifests(environment));
  });
});
