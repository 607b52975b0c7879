import { expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
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
  ['a path with dots', { op: 'remove', path: 'spec.replicas' }, 'must be a JSON pointer'],
])('rejects %s', (_, change, part) => {
  expect(() => patch(chart().chart, 'Deployment/web', change)).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', message: expect.stringContaining(part) }),
  );
});

test('rejects an object that the construct does not have, and lists its objects', () => {
  expect(() => patch(chart().chart, 'Deployment/wep', { op: 'remove', path: '/spec' })).toThrow(
    /has no Deployment\/wep[\s\S]*use one of: Deployment\/web/,
  );
});
