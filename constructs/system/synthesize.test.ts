import { expect, test } from '@jest/globals';
import { ApiObject, type ApiObjectProps, App, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { ConfigurationError, deployTimeSecret, partOf, recordOrigin, type System, synthesize } from '../index.ts';

const object = (scope: Construct, kind: string, name: string, rest: Record<string, unknown> = {}) =>
  new ApiObject(scope, `${kind}-${name}`, { apiVersion: 'v1', kind, metadata: { name }, ...rest });
const raw = (props: object): App => {
  const app = new App();
  new ApiObject(new Chart(app, 'c'), 'raw', { apiVersion: 'v1', kind: 'ConfigMap', ...props });
  return app;
};
const idsOf = (app: App) => synthesize(app).objects.map(({ id }) => id);
const definition = (scope: Construct, kind: string, group: string, where: 'Cluster' | 'Namespaced' = 'Namespaced') =>
  object(scope, 'CustomResourceDefinition', `${kind.toLowerCase()}s.${group}`, {
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: { group, names: { kind }, scope: where },
  });

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

test('each object has its chart, its place, and the closest origin', () => {
  const app = new App();
  const chart = new Chart(app, 'c');
  const inner = new Construct(chart, 'inner');
  recordOrigin(chart, 'the chart');
  object(inner, 'Secret', 'a');
  recordOrigin(object(inner, 'Secret', 'b'), 'itself');
  object(new Chart(app, 'd'), 'Secret', 'c');
  expect(synthesize(app).objects.map(({ chart: c, path, origin }) => [c, path, origin])).toEqual([
    ['c', 'c/inner/Secret-a', 'the chart'],
    ['c', 'c/inner/Secret-b', 'itself'],
    ['d', 'd/Secret-c', "construct 'd/Secret-c'"],
  ]);
});

test("faults that constructs find in themselves end as one error with each construct's path, before anything is rendered", () => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  for (const id of ['one', 'two'])
    new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', data: new Map() }).node.addValidation({
      validate: () => [`${id} is bad`],
    });
  expect(() => synthesize(app)).toThrow('[chart/one] one is bad\n  [chart/two] two is bad');
});

test('a system is frozen through and through, and leaves what the user holds as it is', () => {
  const value = { list: [1] };
  const app = raw({ metadata: { name: 'x' }, data: { a: ['b'] } });
  const [construct] = app.node.findAll().filter((one) => ApiObject.isApiObject(one));
  construct?.addJsonPatch(JsonPatch.add('/patched', value), JsonPatch.add('/none', null));
  const system = synthesize(app);
  const open = (part: unknown): boolean =>
    typeof part === 'object' && part !== null && (!Object.isFrozen(part) || Object.values(part).some(open));
  expect(open(system)).toBe(false);
  expect(system.objects[0]?.manifest).toMatchObject({ patched: value });
  expect(system.objects[0]?.manifest).not.toHaveProperty('none');
  expect(Object.isFrozen(value)).toBe(false);
});

test('what a construct with its own toJson returns stays as it is, and its parts are frozen as copies', () => {
  const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b', none: null } };
  class Held extends ApiObject {
    public override toJson() {
      return held;
    }
  }
  const app = new App();
  new Held(new Chart(app, 'c'), 'held', { apiVersion: 'v1', kind: 'ConfigMap' });
  const [object] = synthesize(app).objects;
  expect(object?.manifest).toEqual({ ...held, data: { a: 'b' } });
  expect(Object.isFrozen(object?.manifest.data)).toBe(true);
  expect([Object.isFrozen(held.data), held.data]).toEqual([false, { a: 'b', none: null }]);
});

test('law 5: only synthesize makes a System, so an outlet cannot take unchecked objects', () => {
  const system = synthesize(new App());
  const { objects, charts, edges, secrets } = system;
  // @ts-expect-error: the same members, not from `synthesize`
  const copy: System = { objects, charts, edges, secrets };
  expect(copy).toEqual(system);
});

test('a part of a system has no edges, charts or secrets of what it leaves out', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
  const stringData = { key: deployTimeSecret('x', 'password') };
  object(a, 'Secret', 's', { stringData }).addDependency(object(a, 'ConfigMap', 'x'));
  object(b, 'Secret', 't', { stringData });
  b.addDependency(a);
  const part = partOf(synthesize(app), ({ id }) => id !== 'ConfigMap/x' && id !== 'Secret/s');
  expect(part).toEqual({
    objects: [expect.objectContaining({ id: 'Secret/t' })],
    charts: [{ path: 'b', dependsOn: [] }],
    edges: [],
    secrets: [{ name: 'x', format: 'password', object: 'Secret/t', key: 'key' }],
  });
  expect(Object.isFrozen(part.objects)).toBe(true);
});

test('each object is rendered once', () => {
  const app = new App();
  const made = object(new Chart(app, 'c'), 'Secret', 'x');
  let rendered = 0;
  const toJson = made.toJson.bind(made);
  made.toJson = () => {
    rendered++;
    return toJson();
  };
  synthesize(app);
  expect(rendered).toBe(1);
});

test('Lists are unfolded, also in each other, and what is null in them is left out', () => {
  const app = raw({
    kind: 'List',
    items: [
      null,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: null } },
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleList',
            items: [{ metadata: { name: 'r', namespace: 'n' }, rules: null }],
          },
          { apiVersion: 'v1', kind: 'ConfigMapList', items: [] },
        ],
      },
    ],
  });
  expect(synthesize(app).objects.map(({ id, manifest, path }) => [id, path, manifest])).toEqual([
    ['ConfigMap/a', 'c/raw', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    [
      'Role.rbac.authorization.k8s.io/n/r',
      'c/raw',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r', namespace: 'n' } },
    ],
  ]);
});

test('a Secret in a List is a Secret: its deploy-time secrets are known', () => {
  const metadata = { name: 's' };
  const app = raw({
    kind: 'SecretList',
    items: [{ metadata, stringData: { key: deployTimeSecret('x/y', 'uuid') } }],
  });
  expect(synthesize(app).secrets).toEqual([{ name: 'x/y', format: 'uuid', object: 'Secret/s', key: 'key' }]);
});

test('a deploy-time secret anywhere but in the stringData of a Secret is an error', () => {
  const app = raw({ metadata: { name: 'x' }, data: { key: deployTimeSecret('x', 'password') } });
  expect(() => synthesize(app)).toThrow("'x' is elsewhere or part of a longer text");
});

test.each([
  ['a name', { kind: 'List', items: [{ apiVersion: 'v1', kind: 'Secret', metadata: {} }] }, 'name undefined'],
  ['metadata', { kind: 'SecretList', items: [{}] }, 'name undefined'],
  ['a kind', { kind: 'List', items: [{ apiVersion: 'v1', metadata: { name: 'x' } }] }, 'kind undefined'],
  ['an apiVersion', { kind: 'List', items: [{ kind: 'Secret', metadata: { name: 'x' } }] }, 'apiVersion undefined'],
  ['a namespace that is text', { metadata: { name: 'x', namespace: 7 } }, 'namespace 7'],
  ['a fixed name', { kind: 'SecretList', items: [{ metadata: { generateName: 'x-' } }] }, 'generateName'],
])('an object without %s is an error with its place', (_, props, message) => {
  const failing = () => synthesize(raw(props));
  expect(failing).toThrow(ConfigurationError);
  expect(failing).toThrow(message);
  expect(failing).toThrow(/at c\/raw/);
});

test.each([
  ['a map', new Map(), 'Map'],
  ['an array in place of an object', undefined, 'undefined'],
])('%s is no manifest', (_, data, what) => {
  const app = raw({ metadata: { name: 'x' }, data });
  if (data === undefined)
    for (const one of app.node.findAll()) if (ApiObject.isApiObject(one)) one.toJson = () => undefined;
  expect(() => synthesize(app)).toThrow(`the object holds a value that is not JSON: ${what}`);
});

test.each<[string, ApiObjectProps, ApiObjectProps]>([
  [
    'two versions of an API',
    { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' } },
    { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' } },
  ],
  [
    'two groups that serve one kind',
    { apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'x', namespace: 'n' } },
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x', namespace: 'n' } },
  ],
  [
    'an object of the whole cluster, written into two namespaces',
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'x', namespace: 'a' } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'x', namespace: 'b' } },
  ],
  [
    'a custom resource of the whole cluster, as its definition says',
    { apiVersion: 'bakery.example/v1', kind: 'Mill', metadata: { name: 'x', namespace: 'a' } },
    { apiVersion: 'bakery.example/v2', kind: 'Mill', metadata: { name: 'x' } },
  ],
])('%s are one object, and declared twice an error with both places', (_, one, other) => {
  const app = new App();
  definition(new Chart(app, 'definitions'), 'Mill', 'bakery.example', 'Cluster');
  new ApiObject(new Chart(app, 'a'), 'one', one);
  new ApiObject(new Chart(app, 'b'), 'other', other);
  expect(() => synthesize(app)).toThrow(/is declared twice, also at a\/one\s+at b\/other/);
});

test('objects of one name in two namespaces or two groups are two, and so are namespaced custom resources', () => {
  const app = new App();
  definition(new Chart(app, 'definitions'), 'Oven', 'bakery.example');
  for (const namespace of ['a', 'b'])
    for (const apiVersion of ['bakery.example/v1', 'pizza.example/v1'])
      new ApiObject(new Chart(app, `${namespace}-${apiVersion.split('.')[0]}`), 'x', {
        apiVersion,
        kind: 'Oven',
        metadata: { name: 'x', namespace },
      });
  expect(idsOf(app)).toHaveLength(5);
});
