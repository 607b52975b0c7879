import { Cpu, Size, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { fixedImages } from '../test/support/system.ts';
import { dev, type Environment, environments, production, staging } from './environments/index.ts';
import { shop } from './shop.ts';

const synth = (environment: Environment) => synthesize(shop(environment, fixedImages)).objects;

describe('environments', () => {
  test.each([
    ['their edge', (environment: Environment) => environment.edge],
    ['the sizes of their services', (environment: Environment) => environment.services],
    ['the size of all other services', (environment: Environment) => environment.sizing],
    ['how pods are spread', (environment: Environment) => environment.spread],
    ['their database', (environment: Environment) => environment.postgres],
    ['their quota', (environment: Environment) => environment.quota],
    ['their requirements', (environment: Environment) => environment.requirements],
    ['the cluster they may be deployed to', (environment: Environment) => environment.context ?? 'none'],
  ])('differ in %s', (_, part) => {
    expect(new Set([dev, staging, production].map((environment) => JSON.stringify(part(environment)))).size).toBe(3);
  });

  test('build images from the checkout in dev only: staging and production run tested images', () => {
    expect([dev, staging, production].map(({ images }) => images.source)).toEqual(['build', 'prebuilt', 'prebuilt']);
  });

  test('protect data in production', () => {
    expect(production.protectData).toBe(true);
  });

  test.each(Object.entries(environments))('%s is listed under its name', (name, environment) => {
    expect(environment.name).toBe(name);
  });

  test('run at least two pods of every service in staging and production', () => {
    for (const { services, sizing } of [staging, production]) {
      expect([sizing, ...Object.values(services)].map(({ scaling }) => scaling.min >= 2)).not.toContain(false);
    }
  });
});

describe('the shop rejects an environment', () => {
  const users = dev.services.users as Environment['services'][string];

  test.each<[string, Partial<Environment>, RegExp]>([
    [
      'with a size for an unknown service',
      { services: { ...dev.services, carts: users } },
      /there is no contract 'carts'[\s\S]*catalog, gateway, /,
    ],
    [
      'with a service of no pods',
      { services: { ...dev.services, users: { ...users, scaling: { min: 0 } } } },
      /environment 'dev' › users › scaling › min/,
    ],
    [
      'with less quota than its services may need',
      { quota: { cpu: Cpu.millis(100), memory: Size.gibibytes(4), storage: Size.gibibytes(4), pods: 30 } },
      /quota\.cpu[\s\S]*raise the quota/,
    ],
    [
      'with volumes larger than its quota',
      { quota: { ...dev.quota, storage: Size.gibibytes(3) } },
      /the quota is 3Gi, but the workloads at their largest request .*postgres 2Gi/,
    ],
    [
      'with fewer connections than its pools may open',
      { postgres: { ...dev.postgres, maxConnections: 20 } },
      /maxConnections is 20/,
    ],
    ['with a name that is not a DNS label', { name: 'Dev' }, /a DNS label, got 'Dev'/],
    [
      'with an edge on a port outside the NodePort range',
      { edge: { kind: 'node-port', port: 80, url: 'http://127.0.0.1:8080' } },
      /use a port from 30000 to 32767/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => synth({ ...dev, ...change })).toThrow(message);
  });

  test('and reports all sizes of unknown services at once', () => {
    expect(() => synth({ ...dev, services: { carts: users, lists: users } })).toThrow('2 configuration errors');
  });
});
