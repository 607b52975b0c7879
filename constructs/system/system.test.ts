import { fc, test as law } from '@fast-check/jest';
import { describe, expect } from '@jest/globals';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { ConfigurationError, type System, synthesize } from '../index.ts';

/** Objects of a generated app, each with the group of a chart that it is in. */
interface Leaf {
  readonly kind: 'Namespace' | 'Definition' | 'ConfigMap' | 'Oven' | 'Mill' | 'List' | 'Pod' | 'Token';
  readonly chart: number;
  readonly group: number;
  readonly namespace: number;
}

interface Plan {
  /** Index of the chart around each; itself for none. */
  readonly charts: readonly number[];
  readonly leaves: readonly Leaf[];
  /** Source, counted from the end, and target, of all charts, then groups, then objects. */
  readonly dependencies: readonly (readonly [number, number])[];
}

const GROUPS = 2;
const plans = fc.record({
  charts: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }).map((outer) => outer.map((of, i) => Math.min(of, i))),
  leaves: fc.array(
    fc.record({
      kind: fc.constantFrom('Namespace', 'Definition', 'ConfigMap', 'Oven', 'Mill', 'List', 'Pod', 'Token'),
      chart: fc.nat(3),
      group: fc.nat(GROUPS - 1),
      namespace: fc.nat(3),
    }) satisfies fc.Arbitrary<Leaf>,
    { maxLength: 14 },
  ),
  // Mostly of the last objects, so that one has several.
  dependencies: fc.array(fc.tuple(fc.oneof(fc.nat(2), fc.nat(30)), fc.nat(30)), { maxLength: 6 }),
}) satisfies fc.Arbitrary<Plan>;
/** A plan, and numbers that say in which order its constructs are made. */
const shuffled = fc.tuple(plans, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }));

/** Numbers of objects: a pod uses the Secrets and ConfigMaps of its namespace, a token belongs to an account of it. */
const INDEXES = Array.from({ length: 14 }, (_, index) => index);

/** Whether pods can exist without what they use, or use nothing. */
type Use = 'required' | 'optional' | 'none';

/** The objects of a plan; an index makes their names unique. */
function manifestsOf({ kind, namespace }: Leaf, index: number, use: Use = 'required'): object[] {
  const metadata = { name: `x${index}`, namespace: `n${namespace}`, annotations: { none: null, some: 'x' } };
  if (kind === 'Namespace') return [{ apiVersion: 'v1', kind, metadata: { name: `n${index}` } }];
  if (kind === 'Definition')
    return [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata,
        spec: { group: `g${index}`, names: { kind: 'Oven' }, scope: index % 2 === 0 ? 'Cluster' : 'Namespaced' },
      },
    ];
  if (kind === 'Pod') {
    const optional = use === 'optional';
    const sources = (use === 'none' ? [] : INDEXES).flatMap((i) => [
      { secretRef: { name: `x${i}a`, optional } },
      { configMapRef: { name: `x${i}`, optional } },
    ]);
    return [{ apiVersion: 'v1', kind, metadata, spec: { containers: [{ envFrom: sources }] } }];
  }
  if (kind === 'Token') {
    const annotations = { 'kubernetes.io/service-account.name': `x${index}` };
    const secret = { metadata: { ...metadata, annotations }, type: 'kubernetes.io/service-account-token' };
    return [
      { apiVersion: 'v1', kind: 'Secret', ...secret },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ];
  }
  if (kind === 'List')
    return ['a', 'b'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, name: `${metadata.name}${name}` },
      stringData: { none: null },
    }));
  return [{ apiVersion: kind === 'ConfigMap' ? 'v1' : `g${namespace}/v1`, kind, metadata, data: { none: null } }];
}

/** An app for the plan; its constructs are created in another order. */
function appOf({ charts, leaves, dependencies }: Plan, order: readonly number[], use?: Use): App {
  const app = new App();
  const sorted = <T>(items: readonly T[]): [T, number][] =>
    items.map((item, index): [T, number] => [item, index]).sort(([, a], [, b]) => (order[a] ?? a) - (order[b] ?? b));
  const made: Chart[] = [];
  const chartAt = (index: number): Chart => {
    const outer = charts[index] ?? index;
    made[index] ??= new Chart(outer === index ? app : chartAt(outer), `c${index}`);
    return made[index];
  };
  for (const [, index] of sorted(charts)) chartAt(index);
  const groups: Construct[] = [];
  for (const [, index] of sorted(charts.flatMap(() => Array(GROUPS).fill(0))))
    groups[index] = new Construct(chartAt(Math.floor(index / GROUPS)), `g${index % GROUPS}`);
  const objects: ApiObject[] = [];
  for (const [leaf, index] of sorted(leaves)) {
    const scope = groups[(leaf.chart % charts.length) * GROUPS + leaf.group] as Construct;
    const [first, ...more] = manifestsOf(leaf, index, use);
    const items = [first, null, { apiVersion: 'v1', kind: 'List', items: more }];
    objects[index] = new ApiObject(scope, `o${index}`, {
      ...{ apiVersion: 'v1', kind: 'List' },
      ...(more.length > 0 ? { items } : first),
    });
    objects[index].addJsonPatch(JsonPatch.add('/none', null));
  }
  const all: IConstruct[] = [...made, ...groups, ...objects];
  for (const [[from, to]] of sorted(dependencies))
    all.at(-1 - (from % all.length))?.node.addDependency(all[to % all.length] as IConstruct);
  return app;
}

/** The system, or what is wrong with the app: dependencies may be a cycle. */
function systemOf(plan: Plan, order: readonly number[] = [], use?: Use): System | string {
  try {
    return synthesize(appOf(plan, order, use));
  } catch (error) {
    if (error instanceof ConfigurationError && error.code === 'dependency-cycle') return error.message;
    throw error;
  }
}

const hasNull = (part: unknown): boolean =>
  part === null || (typeof part === 'object' && Object.values(part ?? {}).some(hasNull));
/** Which of a list comes before which, as a test. */
const before = (ids: readonly string[]) => {
  const places = new Map(ids.map((id, index) => [id, index]));
  return (from: string, to: string) => (places.get(to) ?? Infinity) < (places.get(from) ?? -1);
};

describe('law: a system of any app', () => {
  law.prop([shuffled], { numRuns: 500 })(
    'does not depend on the order in which constructs are made',
    ([plan, order]) => {
      expect(systemOf(plan, order)).toEqual(systemOf(plan));
    },
  );

  law.prop([plans])('has every object once, those of Lists among them, with nothing null', (plan) => {
    const system = systemOf(plan);
    if (typeof system === 'string') return;
    const wanted = plan.leaves.flatMap((leaf, index) => manifestsOf(leaf, index)) as {
      kind: string;
      metadata: { name: string };
    }[];
    const names = (manifests: typeof wanted) =>
      manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
    const manifests = system.objects.map(({ manifest }) => manifest);
    expect(names(manifests)).toEqual(names(wanted));
    expect(manifests.filter(hasNull)).toEqual([]);
    expect(new Set(system.objects.map(({ id }) => id)).size).toBe(manifests.length);
  });

  law.prop([plans])('has edges between its own objects and charts only, and is in their order', (plan) => {
    const system = systemOf(plan);
    if (typeof system === 'string') return;
    const isBefore = before(system.objects.map(({ id }) => id));
    expect(system.edges.filter(({ from, to }) => !isBefore(from, to))).toEqual([]);
    const isEarlier = before(system.charts.map(({ path }) => path));
    for (const { path, dependsOn } of system.charts)
      expect(dependsOn.filter((needed) => !isEarlier(path, needed))).toEqual([]);
  });

  law.prop([plans])('puts what a declared dependency and the API server ask for first', (plan) => {
    const app = appOf(plan, []);
    const system = systemOf(plan);
    if (typeof system === 'string') return;
    const isBefore = before(system.objects.map(({ path }) => path));
    for (const construct of app.node.findAll().filter((one) => ApiObject.isApiObject(one)))
      for (const target of construct.node.dependencies)
        if (ApiObject.isApiObject(target) && target !== construct)
          expect(isBefore(construct.node.path, target.node.path)).toBe(true);
    const place = new Map(system.objects.map(({ id }, index) => [id, index]));
    for (const [index, { id, manifest }] of system.objects.entries()) {
      if (id.split('/').length === 3)
        expect(place.get(`Namespace/${manifest.metadata.namespace}`) ?? -1).toBeLessThan(index);
      if (manifest.type === 'kubernetes.io/service-account-token')
        expect(place.get(id.replace('Secret', 'ServiceAccount'))).toBeLessThan(index);
    }
  });

  law.prop([plans], { numRuns: 500 })('fails for no reference that an object can exist without', (plan) => {
    expect(typeof systemOf(plan, [], 'optional')).toBe(typeof systemOf(plan, [], 'none'));
  });

  law.prop([plans])('puts what a pod uses before the pod where nothing is declared', ({ charts, leaves }) => {
    const system = systemOf({ charts, leaves, dependencies: [] });
    if (typeof system === 'string') throw new Error(system);
    const isBefore = before(system.objects.map(({ id }) => id));
    const used = system.objects.filter(({ id }) => /^Secret\/.*a$|^ConfigMap\//.test(id));
    for (const { id, manifest } of system.objects.filter(({ manifest: { kind } }) => kind === 'Pod'))
      for (const one of used)
        if (one.manifest.metadata.namespace === manifest.metadata.namespace)
          expect([isBefore(id, one.id), system.edges.some(({ from, to }) => from === id && to === one.id)]).toEqual([
            true,
            true,
          ]);
  });
});
