import {
  type Contract,
  Cpu,
  contract,
  type Manifest,
  manifestsOf,
  postgres,
  route,
  Size,
} from '@groundwork/constructs';
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
  test('each prop that the types declare has a variation, and there is no other', () => {
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
    test.each(Object.entries(paths))('a change of %s shows, or is refused', (path, variation) => {
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

const door = contract('door', {
  http: { ask: route('GET', '/ask', { reply: { 200: Type.String() } }) },
  owns: [postgres({ migrations: 'services/door/migrations' })],
  edge: true,
}) as Contract;
const text = (app: App): string => JSON.stringify(manifestsOf(app).map(({ manifest }) => manifest));
const plain: SystemProps = { contracts: [door] };

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
/** What says how an environment is deployed, not what is in it. */
type Deployment = 'context' | 'images' | 'protectData';

/** A change of each field of an environment that is about what is in it: a new field needs one to compile. */
const changes: Readonly<Record<Exclude<keyof Environment, Deployment>, Change>> = {
  name: (e) => ({ ...e, name: 'other' }),
  edge: (e) => ({ ...e, edge: alternatives.LoadBalancerEdge }),
  services: (e) => ({
    ...e,
    services: { ...e.services, users: { ...(e.services.users as ServiceSizing), scaling: { min: 2, max: 3 } } },
  }),
  spread: (e) => ({ ...e, spread: { nodes: 'required', zones: 'ignored' } }),
  logLevel: (e) => ({ ...e, logLevel: 'error' }),
  postgres: (e) => ({ ...e, postgres: { ...e.postgres, storage: Size.gibibytes(3) } }),
  kafka: (e) => ({ ...e, kafka: { ...e.kafka, storage: Size.gibibytes(3) } }),
  mail: (e) => ({ ...e, mail: { from: 'other@example.com', egress: { cidrs: ['203.0.113.1/32'], ports: [25] } } }),
  consul: (e) => ({ ...e, consul: { ...e.consul, datacenter: 'dc9' } }),
  prometheus: (e) => ({ ...e, prometheus: { ...e.prometheus, scrapeInterval: Duration.seconds(29) } }),
  grafana: (e) => ({ ...e, grafana: { ...e.grafana, shared: !e.grafana.shared } }),
  quota: (e) => ({ ...e, quota: { ...e.quota, pods: 101 } }),
  requirements: (e) => ({ ...e, requirements: { postgres: { guarantees: ['rolls-without-downtime'] } } }),
};

/** The environment with room for every change, however full its quota is. */
const roomy = (e: Environment): Environment => ({
  ...e,
  quota: { cpu: Cpu.units(1000), memory: Size.tebibytes(10), storage: Size.tebibytes(10), pods: 1000 },
  postgres: { ...e.postgres, maxConnections: 900 },
});

describe.each(Object.values(environments).map(roomy))('law 6 over $name', (environment: Environment) => {
  const manifests = (of: Environment): string =>
    JSON.stringify(manifestsOf(shop(of, fixedImages)).map(({ manifest }: { manifest: Manifest }) => manifest));
  const { requirements, ...shown } = changes;

  test.each(Object.entries(shown))('a change of %s shows in its manifests', (_, change) => {
    const before = { ...environment, requirements: {} };
    expect(manifests(change(before))).not.toBe(manifests(before));
  });

  test('demands that nothing keeps stop the synth', () => {
    expect(() => manifests(requirements(environment))).toThrow(/'rolls-without-downtime' is required/);
  });
});
