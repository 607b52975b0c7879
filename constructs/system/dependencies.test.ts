import { fc, test as law } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { synthesize } from '../index.ts';
import { inOrder } from './order.ts';

const object = (scope: Construct, kind: string, name: string, rest: Record<string, unknown> = {}) =>
  new ApiObject(scope, `${kind}-${name}`, { apiVersion: 'v1', kind, metadata: { name }, ...rest });
const idsOf = (app: App) => synthesize(app).objects.map(({ id }) => id);
const charts = (app: App, ...ids: string[]) => ids.map((id) => new Chart(app, id)) as [Chart, Chart, Chart];

describe('between objects', () => {
  test('a declared dependency moves what is needed forward, all of a construct at once', () => {
    const app = new App();
    const [first, second] = charts(app, 'first', 'second');
    const needed = new Construct(first, 'needed');
    object(needed, 'Deployment', 'database');
    object(needed, 'Ingress', 'database');
    object(second, 'Secret', 'issued').addDependency(needed);
    expect(idsOf(app)).toEqual(['Deployment/database', 'Ingress/database', 'Secret/issued']);
  });

  test('of one chart it is an edge between the objects of its two sides only', () => {
    const app = new App();
    const [chart] = charts(app, 'chart');
    const [first, second, other] = ['first', 'second', 'other'].map((id) => new Construct(chart, id)) as [
      Construct,
      Construct,
      Construct,
    ];
    object(second, 'ConfigMap', 'b');
    object(first, 'ConfigMap', 'a');
    object(other, 'ConfigMap', 'c');
    second.node.addDependency(first);
    expect(synthesize(app).edges).toEqual([{ from: 'ConfigMap/b', to: 'ConfigMap/a' }]);
  });

  test('a construct that waits for a part of itself waits with its other parts, and the other way around', () => {
    const app = new App();
    const [chart] = charts(app, 'chart');
    const [outer, part] = [new Construct(chart, 'outer'), object(chart, 'ConfigMap', 'z')];
    const inner = new Construct(outer, 'inner');
    for (const name of ['c', 'd']) object(inner, 'ConfigMap', name);
    for (const name of ['a', 'b']) object(outer, 'ConfigMap', name);
    outer.node.addDependency(inner);
    part.node.addDependency(chart);
    expect(idsOf(app).map((id) => id.at(-1))).toEqual(['c', 'd', 'a', 'b', 'z']);
  });

  test('a namespaced object comes after its Namespace, a custom resource after its definition', () => {
    const app = new App();
    const chart = new Chart(app, 'chart', { namespace: 'bakery' });
    object(chart, 'Namespace', 'bakery');
    object(chart, 'CustomResourceDefinition', 'ovens', {
      apiVersion: 'apiextensions.k8s.io/v1',
      spec: { group: 'bakery.example', names: { kind: 'Oven' }, scope: 'Namespaced' },
    });
    object(chart, 'Oven', 'stone', { apiVersion: 'bakery.example/v1' });
    expect(synthesize(app).edges).toEqual([
      { from: 'Oven.bakery.example/bakery/stone', to: 'Namespace/bakery' },
      { from: 'Oven.bakery.example/bakery/stone', to: 'CustomResourceDefinition.apiextensions.k8s.io/ovens' },
    ]);
  });
});

describe('between charts', () => {
  const chartsOf = (app: App) => synthesize(app).charts.map(({ path, dependsOn }) => [path, dependsOn]);

  test('thousands of objects with a dependency between their charts make one', () => {
    const app = new App();
    const [a, b] = charts(app, 'a', 'b');
    for (let i = 0; i < 1000; i++) for (const chart of [a, b]) object(chart, 'ConfigMap', `${chart.node.id}-${i}`);
    a.addDependency(b);
    expect(synthesize(app)).toMatchObject({
      charts: [
        { path: 'b', dependsOn: [] },
        { path: 'a', dependsOn: ['b'] },
      ],
      edges: [],
    });
    expect(idsOf(app).slice(0, 1000)).toEqual(expect.arrayContaining(['ConfigMap/b-0', 'ConfigMap/b-999']));
  });

  test('a construct that groups charts hands its dependency to each chart in it', () => {
    const app = new App();
    const group = new Construct(app, 'group');
    const [a] = [new Chart(group, 'a'), new Chart(group, 'b')];
    const base = new Chart(app, 'z');
    new Chart(a, 'inner');
    group.node.addDependency(base);
    expect(chartsOf(app)).toEqual([
      ['z', []],
      ['group/a/inner', ['z']],
      ['group/a', ['group/a/inner', 'z']],
      ['group/b', ['z']],
    ]);
  });

  /** A definition and its operator in one chart; the operator's namespace and a custom resource in another. */
  const operator = (): [App, Chart, Chart] => {
    const app = new App();
    const [install, use] = charts(app, 'install', 'use');
    object(install, 'CustomResourceDefinition', 'ovens', {
      spec: { group: 'bakery.example', names: { kind: 'Oven' }, scope: 'Namespaced' },
    });
    object(install, 'Deployment', 'operator', { metadata: { name: 'operator', namespace: 'bakery' } });
    object(use, 'Namespace', 'bakery');
    object(use, 'Oven', 'stone', {
      apiVersion: 'bakery.example/v1',
      metadata: { name: 'stone', namespace: 'bakery' },
    });
    return [app, install, use];
  };
  const IN_ORDER = [
    'Namespace/bakery',
    'CustomResourceDefinition/ovens',
    'Oven.bakery.example/bakery/stone',
    'Deployment/bakery/operator',
  ];

  test('that need each other for some objects only, it is between those objects', () => {
    const [app] = operator();
    expect(idsOf(app)).toEqual(IN_ORDER);
    expect(synthesize(app)).toMatchObject({
      charts: [
        { path: 'install', dependsOn: [] },
        { path: 'use', dependsOn: [] },
      ],
      edges: [
        { from: 'Oven.bakery.example/bakery/stone', to: 'Namespace/bakery' },
        { from: 'Oven.bakery.example/bakery/stone', to: 'CustomResourceDefinition/ovens' },
        { from: 'Deployment/bakery/operator', to: 'Namespace/bakery' },
      ],
    });
  });

  test('one that is declared holds for the objects that the other chart does not need itself', () => {
    const [app, install, use] = operator();
    use.addDependency(install);
    const [namespace, definition, oven, deployment] = IN_ORDER;
    expect(idsOf(app)).toEqual([namespace, definition, deployment, oven]);
    expect(synthesize(app).edges).toContainEqual({ from: oven, to: deployment });
  });

  test('a cycle of declared ones is an error that names the objects on it, and not those that lead to it', () => {
    const app = new App();
    const [a, b, c] = charts(app, 'a', 'b', 'c');
    const settings = object(a, 'ConfigMap', 'settings');
    object(b, 'ConfigMap', 'others');
    object(c, 'Secret', 'leads-to-it');
    c.addDependency(a);
    a.addDependency(b);
    b.node.addDependency(settings);
    expect(() => synthesize(app)).toThrow(
      'these wait for each other: ConfigMap/settings → ConfigMap/others → ConfigMap/settings\n    at a/ConfigMap-settings → b/ConfigMap-others',
    );
  });

  test('a Namespace that waits for what is in it is a cycle', () => {
    const app = new App();
    const [chart] = charts(app, 'chart');
    const inside = object(chart, 'ConfigMap', 'x', { metadata: { name: 'x', namespace: 'n' } });
    object(chart, 'Namespace', 'n').addDependency(inside);
    expect(() => synthesize(app)).toThrow('these wait for each other: Namespace/n → ConfigMap/n/x → Namespace/n');
  });

  test('a dependency on a construct of another app is an error: its order would not be kept', () => {
    const [chart] = charts(new App(), 'here');
    chart.addDependency(new Chart(new App(), 'there'));
    expect(() => synthesize(chart.node.root as App)).toThrow("it depends on 'there', which is not in this app");
  });
});

describe('the order of vertices', () => {
  interface Item {
    name: string;
    needs: Item[];
  }
  const items = (...names: string[]): Item[] => names.map((name) => ({ name, needs: [] }));

  /** Items whose dependencies are earlier ones, so without a cycle, in any order. */
  const acyclic = fc
    .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
    .map((rows) => {
      const made: Item[] = [];
      for (const [i, row] of rows.entries())
        made.push({ name: `${i}`, needs: i === 0 ? [] : row.map((n) => made[n % i] as Item) });
      return made;
    })
    .chain((made) => fc.shuffledSubarray(made, { minLength: made.length }));

  law.prop([acyclic])('law: each item comes once, after everything that it needs', (made) => {
    const order = inOrder(made);
    expect(order).toHaveLength(made.length);
    for (const item of made)
      for (const earlier of item.needs) expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(item));
  });

  test('items that need nothing keep the order they came in', () => {
    const made = items('b', 'a', 'c');
    expect(inOrder(made)).toEqual(made);
  });

  test('a chain of 20,000 is ordered without running out of stack', () => {
    const made = items(...Array.from({ length: 20_000 }, (_, i) => `${i}`));
    for (const [i, item] of made.entries()) item.needs.push(...made.slice(i + 1, i + 2));
    expect(inOrder(made)[0]?.name).toBe('19999');
  });
});
