import { type Contract, Cpu, contract, type Manifest, postgres, route, Size, synthesize } from '@groundwork/constructs';
import { Duration } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import type { App } from 'cdk8s';
import { Type } from 'typebox';
import type { ServiceSizing } from '../../stacks/environments/environment.ts';
import { type Environment, environments } from '../../stacks/environments/index.ts';
import { shop } from '../../stacks/shop.ts';
import { fixedImages, type SystemProps, system } from '../support/system.ts';
import { declaredProps } from './props/declared.ts';
import { alternatives } from './props/samples.ts';
import { type Subject, subjects } from './props/subjects.ts';
import { variations } from './props/variations.ts';
import { Refused, withAlternatives, withValue } from './props/vary.ts';

describe('law 6, every declared prop reaches a manifest', () => {
  test('each declared prop has a variation, and each variation a prop', () => {
    const declared = declaredProps();
    const varied = Object.entries(variations).flatMap(([root, paths]) =>
      Object.keys(paths).map((path) => `${root}.${path}`),
    );
    const without = declared.filter((path) => !varied.includes(path));
    const unknown = varied.filter((path) => !declared.includes(path));
    expect({ without, unknown }).toEqual({ without: [], unknown: [] });
  });

  describe.each(Object.entries(variations))('%s', (root, paths) => {
    const { sample, manifests } = subjects[root] as Subject;
    let plain: string | undefined;
    test.each(Object.entries(paths))('a change of %s shows in a manifest or is rejected', (path, variation) => {
      const before = withAlternatives(sample, path, alternatives);
      if (variation instanceof Refused) {
        expect(() => manifests(withValue(before, path, variation.value))).toThrow(variation.message);
        return;
      }
      if (before === sample) plain ??= manifests(sample);
      const shows = manifests(withValue(before, path, variation)) !== (before === sample ? plain : manifests(before));
      expect({ shows }).toEqual({ shows: true });
    });
  });
});

describe('every prop that is an image', () => {
  const images = Object.entries(variations).flatMap(([root, paths]) =>
    Object.keys(paths)
      .filter((path) => /image|provisioner/i.test(path))
      .map((path): [string, string] => [root, path]),
  );
  const withImage = ([root, path]: [string, string], image: unknown): string => {
    const { sample, manifests } = subjects[root] as Subject;
    return manifests(withValue(sample, path, image));
  };
  test.each(images)('%s.%s rejects what is no reference, and accepts the token of an Output', (...path) => {
    for (const image of [undefined, '', 'a b', '<<secret:given:x>>'])
      expect(() => withImage(path, image)).toThrow('must be an image reference');
    const digest = `@sha256:${'1'.repeat(64)}`; // without a tag, and no version for its first digit
    for (const image of ['<<output:0>>', 'registry.example/a@sha256:<<output:12>>', `registry.example/a${digest}`])
      expect(withImage(path, image)).toContain(image);
  });
});

const sample = contract('sample', {
  http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) },
  owns: [postgres({ migrations: 'services/sample/migrations' })],
  edge: true,
}) as Contract;
const text = (app: App): string => JSON.stringify(synthesize(app).objects.map(({ manifest }) => manifest));
const plain: SystemProps = { contracts: [sample] };

describe('a prop that is left out', () => {
  test.each<[string, Partial<SystemProps>]>([
    ['scaling', { service: { scaling: { min: 2 } } }],
    ['service resources', { service: { resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(192) } } }],
    ['spread', { service: { spread: { nodes: 'preferred', zones: 'preferred' } } }],
    ['logLevel', { service: { logLevel: 'info' } }],
    ['postgres resources', { postgres: { resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(512) } } }],
    ['identity', { platform: { identity: { life: Duration.hours(24), renewBefore: Duration.hours(8) } } }],
    ['namespace', { platform: { namespace: 'town-test' } }],
    ['containerDefaults', { platform: { containerDefaults: { cpu: Cpu.millis(100), memory: Size.mebibytes(128) } } }],
  ])('law: %s left out equals its documented default', (_, explicit) => {
    expect(text(system({ ...plain, ...explicit }))).toBe(text(system(plain)));
  });
});

type Change = (environment: Environment) => Environment;
/** Fields that define how an environment is deployed, not what it contains. */
type Deployment = 'context' | 'images' | 'protectData';

/** A change of each field that defines what an environment contains: a new field does not compile without one. */
const changes: Readonly<Record<Exclude<keyof Environment, Deployment>, Change>> = {
  name: (e) => ({ ...e, name: 'other' }),
  edge: (e) => ({ ...e, edge: alternatives.LoadBalancerEdge }),
  services: (e) => ({
    ...e,
    services: { ...e.services, users: { ...(e.services.users as ServiceSizing), scaling: { min: 2, max: 3 } } },
  }),
  sizing: (e) => ({ ...e, sizing: { ...e.sizing, scaling: { min: 2, max: 5 } } }),
  spread: (e) => ({ ...e, spread: { nodes: 'required', zones: 'ignored' } }),
  logLevel: (e) => ({ ...e, logLevel: 'error' }),
  postgres: (e) => ({ ...e, postgres: { ...e.postgres, storage: Size.gibibytes(3) } }),
  cassandra: (e) => ({ ...e, cassandra: { ...e.cassandra, storage: Size.gibibytes(3) } }),
  kafka: (e) => ({ ...e, kafka: { ...e.kafka, storage: Size.gibibytes(3) } }),
  mail: (e) => ({ ...e, mail: { from: 'other@example.com', egress: { cidrs: ['203.0.113.1/32'], ports: [25] } } }),
  consul: (e) => ({ ...e, consul: { ...e.consul, datacenter: 'dc9' } }),
  prometheus: (e) => ({ ...e, prometheus: { ...e.prometheus, scrapeInterval: Duration.seconds(29) } }),
  grafana: (e) => ({ ...e, grafana: { ...e.grafana, shared: !e.grafana.shared } }),
  quota: (e) => ({ ...e, quota: { ...e.quota, pods: 501 } }),
  requirements: (e) => ({ ...e, requirements: { postgres: { guarantees: ['rolls-without-downtime'] } } }),
};

/** The environment with a quota and connections for every change. */
const withCapacity = (e: Environment): Environment => ({
  ...e,
  quota: { cpu: Cpu.units(1000), memory: Size.tebibytes(10), storage: Size.tebibytes(10), pods: 1000 },
  postgres: { ...e.postgres, maxConnections: 900 },
});

describe.each(Object.values(environments).map(withCapacity))('law 6 over $name', (environment: Environment) => {
  const manifests = (of: Environment): string =>
    JSON.stringify(synthesize(shop(of, fixedImages)).objects.map(({ manifest }: { manifest: Manifest }) => manifest));
  const { requirements, ...shown } = changes;

  test.each(Object.entries(shown))('a change of %s shows in its manifests', (_, change) => {
    const before = { ...environment, requirements: {} };
    expect(manifests(change(before))).not.toBe(manifests(before));
  });

  test('unmet requirements fail the synth', () => {
    expect(() => manifests(requirements(environment))).toThrow(/'rolls-without-downtime' is required/);
  });
});
