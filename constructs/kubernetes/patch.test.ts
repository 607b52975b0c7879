import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart, Lazy } from 'cdk8s';
import { type Patch, patch, synthesize } from '../index.ts';

function chart(): { readonly app: App; readonly chart: Chart } {
  const app = new App();
  const made = new Chart(app, 'web');
  new ApiObject(made, 'pods', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 1, tags: ['a'], 'a/b': 1 },
  });
  return { app, chart: made };
}

test.each<[Patch, unknown]>([
  [
    { op: 'add', path: '/spec/paused', value: true },
    { replicas: 1, tags: ['a'], 'a/b': 1, paused: true },
  ],
  [
    { op: 'replace', path: '/spec/replicas', value: 2 },
    { replicas: 2, tags: ['a'], 'a/b': 1 },
  ],
  [
    { op: 'remove', path: '/spec/replicas' },
    { tags: ['a'], 'a/b': 1 },
  ],
  [
    { op: 'add', path: '/spec/tags/-', value: 'b' },
    { replicas: 1, tags: ['a', 'b'], 'a/b': 1 },
  ],
  [
    { op: 'replace', path: '/spec/a~1b', value: 2 },
    { replicas: 1, tags: ['a'], 'a/b': 2 },
  ],
])('%j reaches the manifest', (change, spec) => {
  const { app, chart: made } = chart();
  patch(made, 'Deployment/web', change);
  expect(synthesize(app).objects[0]?.manifest).toMatchObject({ spec });
});

test('is part of the origin of the object', () => {
  const { app, chart: made } = chart();
  patch(made, 'Deployment/web', { op: 'remove', path: '/spec/replicas' });
  expect(synthesize(app).objects[0]?.origin).toBe('patched: remove /spec/replicas');
});

test('each change sees those before it', () => {
  const { app, chart: made } = chart();
  patch(
    made,
    'Deployment/web',
    { op: 'add', path: '/spec/strategy', value: {} },
    { op: 'add', path: '/spec/strategy/type', value: 'Recreate' },
  );
  expect(synthesize(app).objects[0]?.manifest).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
});

test.each<[string, Patch, string]>([
  [
    'replacing a missing value',
    { op: 'replace', path: '/spec/replica', value: 1 },
    'does not exist: /spec has a/b, replicas, tags',
  ],
  ['removing a missing value', { op: 'remove', path: '/spec/replica' }, 'does not exist'],
  ['adding to a missing object', { op: 'add', path: '/spec/strategy/type', value: 'Recreate' }, 'add its parent first'],
  ['adding to a number', { op: 'add', path: '/spec/replicas/x', value: 1 }, 'is not an object or list'],
  ['a name in a list', { op: 'add', path: '/spec/tags/sidecar', value: 'x' }, "is a list of 1: use 0, '-' to append"],
  ['an index beyond the end of a list', { op: 'add', path: '/spec/tags/5', value: 'x' }, 'is a list of 1'],
  ['an index that is no number', { op: 'replace', path: '/spec/tags/01', value: 'x' }, 'is a list of 1'],
  ['an item that no list has', { op: 'remove', path: '/spec/tags/{x}' }, 'is a list of 1'],
  ['a property of the list itself', { op: 'replace', path: '/spec/tags/length', value: 0 }, 'is a list of 1'],
  ['what is so already', { op: 'replace', path: '/spec/replicas', value: 1 }, 'changes nothing'],
  ['a merge of what is there', { op: 'merge', path: '/metadata', value: { name: 'web' } }, 'changes nothing'],
  ['a path with dots', { op: 'remove', path: 'spec.replicas' }, 'must be a JSON pointer'],
])('rejects %s', (_, change, part) => {
  expect(() => patch(chart().chart, 'Deployment/web', change)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
  );
});

test('a list is addressed by the names of its items, and each name is tested again when the object is rendered', () => {
  const app = new App();
  const made = new Chart(app, 'web');
  const containers: { name: string; image: string }[] = [
    { name: 'web', image: 'a' },
    { name: 'b/c', image: 'b' },
  ];
  new ApiObject(made, 'pods', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { containers: Lazy.any({ produce: () => containers }) },
  });
  patch(made, 'Deployment/web', { op: 'replace', path: '/spec/containers/{b~1c}/image', value: 'c' });
  patch(made, 'Deployment/web', { op: 'add', path: '/spec/containers/-', value: { name: 'sidecar' } });
  expect(synthesize(app).objects[0]?.manifest).toMatchObject({
    spec: { containers: [{ name: 'web', image: 'a' }, { name: 'b/c', image: 'c' }, { name: 'sidecar' }] },
  });
  containers.reverse();
  expect(() => synthesize(app)).toThrow(/Test operation failed/);
});

describe('merge', () => {
  const merged = (path: string, value: Record<string, unknown>, before: object = {}) => {
    const app = new App();
    const made = new Chart(app, 'web');
    const metadata = { name: 'web', annotations: { 'cloud/cert': 'arn' } };
    new ApiObject(made, 'x', { apiVersion: 'v1', kind: 'Service', metadata, ...before });
    patch(made, 'Service/web', { op: 'merge', path, value });
    return synthesize(app).objects[0]?.manifest;
  };
  test('adds members and keeps the others', () => {
    expect(merged('/metadata/annotations', { team: 'x', 'cloud/cert': 'other' })?.metadata).toEqual({
      name: 'web',
      annotations: { team: 'x', 'cloud/cert': 'other' },
    });
  });
  test('makes an object that is missing, and reaches any depth', () => {
    expect(merged('/metadata/labels', { team: 'x' })?.metadata).toMatchObject({ labels: { team: 'x' } });
    expect(merged('/spec', { a: { c: 2 } }, { spec: { a: { b: 1 } } })?.spec).toEqual({ a: { b: 1, c: 2 } });
  });
});

test('an object in two namespaces is ambiguous, and its namespace decides', () => {
  const app = new App();
  for (const namespace of ['blue', 'green'])
    new ApiObject(new Chart(app, namespace), 'a', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace },
      spec: {},
    });
  const change: Patch = { op: 'add', path: '/spec/minReadySeconds', value: 7 };
  expect(() => patch(app, 'Deployment/a', change)).toThrow(/several[\s\S]*Deployment\/blue\/a, Deployment\/green\/a/);
  patch(app, 'Deployment/green/a', change);
  patch(app, 'Deployment.apps/blue/a', { ...change, value: 8 });
  expect(synthesize(app).objects.map(({ manifest }) => manifest.spec)).toEqual([
    { minReadySeconds: 8 },
    { minReadySeconds: 7 },
  ]);
});

test('rejects an object that the construct does not have, and lists its objects', () => {
  expect(() => patch(chart().chart, 'Deployment/wep', { op: 'remove', path: '/spec' })).toThrow(
    /has no Deployment\/wep[\s\S]*use one of: Deployment\/web/,
  );
});
