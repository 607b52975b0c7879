import { expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { manifestsOf, recordOrigin } from '../index.ts';

const object = (scope: Construct, kind: string, name: string) =>
  new ApiObject(scope, `${kind}-${name}`, { apiVersion: 'v1', kind, metadata: { name } });
const idsOf = (app: App) => manifestsOf(app).map(({ manifest: { kind, metadata } }) => `${kind}/${metadata.name}`);

test('what others need comes first, and what has the same kind is in the order of names', () => {
  const app = new App();
  const chart = new Chart(app, 'c');
  for (const kind of ['Ingress', 'Deployment', 'Widget', 'Secret', 'CustomResourceDefinition', 'Namespace'])
    object(chart, kind, 'x');
  object(chart, 'Secret', 'a');
  expect(idsOf(app)).toEqual([
    'Namespace/x',
    'CustomResourceDefinition/x',
    'Secret/a',
    'Secret/x',
    'Widget/x',
    'Deployment/x',
    'Ingress/x',
  ]);
});

test('a declared dependency moves what is needed forward, all of a construct at once', () => {
  const app = new App();
  const first = new Chart(app, 'first');
  const needed = new Construct(first, 'needed');
  object(needed, 'Deployment', 'database');
  object(needed, 'Ingress', 'database');
  const secret = object(new Chart(app, 'second'), 'Secret', 'issued');
  secret.addDependency(needed);
  expect(idsOf(app)).toEqual(['Deployment/database', 'Ingress/database', 'Secret/issued']);
});

test('a circle of dependencies ends, with every object once', () => {
  const app = new App();
  const chart = new Chart(app, 'c');
  const [a, b] = [object(chart, 'Secret', 'a'), object(chart, 'Secret', 'b')];
  a.addDependency(b);
  b.addDependency(a);
  expect(idsOf(app).sort()).toEqual(['Secret/a', 'Secret/b']);
});

test('each object tells its chart, its place, and the closest cause', () => {
  const app = new App();
  const chart = new Chart(app, 'c');
  const inner = new Construct(chart, 'inner');
  recordOrigin(chart, 'the chart');
  object(inner, 'Secret', 'a');
  recordOrigin(object(inner, 'Secret', 'b'), 'itself');
  object(new Chart(app, 'd'), 'Secret', 'c');
  expect(manifestsOf(app).map(({ chart: c, path, why }) => [c, path, why])).toEqual([
    ['c', 'c/inner/Secret-a', 'the chart'],
    ['c', 'c/inner/Secret-b', 'itself'],
    ['d', 'd/Secret-c', "construct 'd/Secret-c'"],
  ]);
});

test('two objects that are one in the cluster are refused, with both places', () => {
  const app = new App();
  object(new Chart(app, 'a'), 'Secret', 'x');
  object(new Chart(app, 'b'), 'Secret', 'x');
  expect(() => manifestsOf(app)).toThrow(/Secret\/x is made twice, also at a\/Secret-x\s+at b\/Secret-x/);
});

test("a construct's own validation stops the synth", () => {
  const app = new App();
  new Construct(app, 'x').node.addValidation({ validate: () => ['too few sheep'] });
  expect(() => manifestsOf(app)).toThrow(/too few sheep/);
});
