import { ConfigurationError } from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { deploymentPlan } from './plan.ts';
import { foreignApp } from './testing/foreign-app.ts';

const configMap = (scope: Construct, id: string, name = id) =>
  new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('what is planned needs no engine, and lists charts and objects after what they wait for', () => {
  const { components } = deploymentPlan(foreignApp());
  expect(
    components.map(({ name, dependsOn, objects }) => [
      name,
      [...dependsOn].map((one) => one.name),
      objects.map((one) => one.name),
    ]),
  ).toEqual([
    ['base', [], ['Namespace/bakery', 'CustomResourceDefinition/ovens.bakery.example']],
    [
      'bread',
      ['base'],
      ['ConfigMap/bakery/settings', 'Secret/bakery/recipe', 'Deployment/bakery/baker', 'Oven/bakery/stone'],
    ],
    ['shop', ['bread', 'base'], ['Deployment/bakery/till', 'HorizontalPodAutoscaler/bakery/till']],
  ]);
});

test('two objects with one identity are refused with both places', () => {
  const app = new App();
  configMap(new Chart(app, 'a'), 'settings');
  configMap(new Chart(app, 'b'), 'settings');
  expect(() => deploymentPlan(app)).toThrow(
    'ConfigMap/settings is declared twice, also at a/settings\n    at b/settings',
  );
});

test('charts that wait for each other are refused by name', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
  a.addDependency(b);
  b.node.addDependency(configMap(a, 'settings'));
  expect(() => deploymentPlan(app)).toThrow('these wait for each other: a → b → a');
});

test("faults that constructs find in themselves end as one ConfigurationError with each construct's path", () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  for (const id of ['one', 'two']) configMap(chart, id).node.addValidation({ validate: () => [`${id} is bad`] });
  expect(() => deploymentPlan(app)).toThrow(ConfigurationError);
  expect(() => deploymentPlan(app)).toThrow('[chart/one] one is bad\n  [chart/two] two is bad');
});

test('a construct that groups charts hands its dependency to each chart in it', () => {
  const app = new App();
  const group = new Construct(app, 'group');
  for (const id of ['a', 'b']) new Chart(group, id);
  const base = new Chart(app, 'base');
  group.node.addDependency(base);
  const { components } = deploymentPlan(app);
  expect(components.map(({ name, dependsOn }) => [name, [...dependsOn].map((one) => one.name)])).toEqual([
    ['base', []],
    ['a', ['base']],
    ['b', ['base']],
  ]);
});

test('a dependency within a chart is drawn between the objects of its two sides only', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  const [first, second, other] = ['first', 'second', 'other'].map((id) => new Construct(chart, id)) as [
    Construct,
    Construct,
    Construct,
  ];
  for (const [construct, id] of [
    [second, 'b'],
    [first, 'a'],
    [other, 'c'],
  ] as const)
    configMap(construct, id);
  second.node.addDependency(first);
  const [component] = deploymentPlan(app).components;
  expect(component?.objects.map(({ name, dependsOn }) => [name, [...dependsOn].map((one) => one.name)])).toEqual([
    ['ConfigMap/a', []],
    ['ConfigMap/b', ['ConfigMap/a']],
    ['ConfigMap/c', []],
  ]);
});

test('thousands of objects with a dependency between their charts make one edge', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
  for (let i = 0; i < 1000; i++) for (const chart of [a, b]) configMap(chart, `${chart.node.id}-${i}`);
  b.addDependency(a);
  const { components } = deploymentPlan(app);
  expect(components.map(({ dependsOn }) => dependsOn.size)).toEqual([0, 1]);
  expect(components.flatMap(({ objects }) => objects).every(({ dependsOn }) => dependsOn.size === 0)).toBe(true);
});

test('data stores are recognized by what would be lost with them', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  const make = (kind: string, apiVersion: string, spec: object) =>
    new ApiObject(chart, kind, { apiVersion, kind, metadata: { name: 'x' }, spec });
  make('StatefulSet', 'apps/v1', { volumeClaimTemplates: [{}] });
  make('Deployment', 'apps/v1', {});
  make('PersistentVolumeClaim', 'v1', {});
  make('Kafka', 'kafka.strimzi.io/v1beta2', {});
  const kept = deploymentPlan(app, { protectData: true }).components[0]?.objects.filter(({ keep }) => keep);
  expect(kept?.map(({ identity }) => identity.kind)).toEqual(['StatefulSet', 'PersistentVolumeClaim', 'Kafka']);
});
