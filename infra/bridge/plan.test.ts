import { synthesize } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { deploymentPlan } from './plan.ts';
import { foreignApp } from './testing/foreign-app.ts';

test('a deployment plan needs no engine, and lists charts and objects after their dependencies', () => {
  const { components, objects } = deploymentPlan(synthesize(foreignApp()));
  expect(components.map(({ name, dependsOn }) => [name, dependsOn.map((one) => one.name)])).toEqual([
    ['base', []],
    ['bread', []],
    ['shop', ['bread']],
  ]);
  expect(
    objects.map(({ component, name, dependsOn }) => [component.name, name, dependsOn.map((one) => one.name)]),
  ).toEqual([
    ['base', 'Namespace/bakery', []],
    ['base', 'CustomResourceDefinition/ovens.bakery.example', []],
    ['bread', 'Secret/bakery/recipe', ['Namespace/bakery']],
    ['bread', 'ConfigMap/bakery/settings', ['Namespace/bakery']],
    ['bread', 'Oven/bakery/stone', ['Namespace/bakery', 'CustomResourceDefinition/ovens.bakery.example']],
    ['bread', 'Deployment/bakery/baker', ['Namespace/bakery', 'ConfigMap/bakery/settings']],
    ['shop', 'Deployment/bakery/till', ['Namespace/bakery']],
    ['shop', 'HorizontalPodAutoscaler/bakery/till', ['Namespace/bakery']],
  ]);
});

test('objects of charts that depend on each other wait for objects of the other chart', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a', { namespace: 'n' }), new Chart(app, 'b', { namespace: 'm' })];
  for (const [chart, name] of [
    [a, 'm'],
    [b, 'n'],
  ] as const) {
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
  }
  const { components, objects } = deploymentPlan(synthesize(app));
  expect(components.map(({ dependsOn }) => dependsOn)).toEqual([[], []]);
  expect(
    objects.map(({ component, name, dependsOn }) => [component.name, name, dependsOn.map((one) => one.name)]),
  ).toEqual([
    ['b', 'Namespace/m/n', []],
    ['a', 'Namespace/n/m', []],
    ['b', 'ConfigMap/m/x', ['Namespace/n/m']],
    ['a', 'ConfigMap/n/x', ['Namespace/m/n']],
  ]);
});

test('a component is named by the id of its chart, and by its path if two charts share an id', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
  for (const outer of [a, b]) new Chart(outer, 'inner');
  expect(deploymentPlan(synthesize(app)).components.map(({ name }) => name)).toEqual(['a/inner', 'a', 'b/inner', 'b']);
});

test('data stores are recognized by their kind and volumes', () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  const make = (kind: string, apiVersion: string, spec: object) =>
    new ApiObject(chart, kind, { apiVersion, kind, metadata: { name: 'x' }, spec });
  make('StatefulSet', 'apps/v1', { volumeClaimTemplates: [{}] });
  make('Deployment', 'apps/v1', {});
  make('PersistentVolumeClaim', 'v1', {});
  make('Kafka', 'kafka.strimzi.io/v1beta2', {});
  const { objects } = deploymentPlan(synthesize(app), { protectData: true });
  expect(objects.filter(({ keep }) => keep).map(({ identity }) => identity.kind)).toEqual([
    'PersistentVolumeClaim',
    'Kafka',
    'StatefulSet',
  ]);
});
