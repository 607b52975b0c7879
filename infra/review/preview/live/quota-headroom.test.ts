import type { Manifest } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import type { SnapshotObject } from '../snapshot.ts';
import { quotaHeadroom } from './quota-headroom.ts';
import type { LiveManifest } from './state.ts';

const entry = (manifest: Manifest): SnapshotObject => ({
  chart: 'c',
  path: manifest.metadata.name,
  why: 'w',
  manifest,
});
const object = (kind: string, spec: object, name = 'mill', apiVersion = 'v1') =>
  entry({ apiVersion, kind, metadata: { name, namespace: 'n' }, spec } as unknown as Manifest);
/** A Deployment with a surge of one pod. */
const mill = (replicas: number, cpu: string, { image = 'mill:1', kind = 'Deployment' } = {}) =>
  object(
    kind,
    {
      replicas,
      strategy: { rollingUpdate: { maxSurge: 1 } },
      template: { spec: { containers: [{ name: 'mill', image, resources: { requests: { cpu } } }] } },
    },
    'mill',
    'apps/v1',
  );
const quota = (hard: Record<string, string>, used: Record<string, string>, spec: object = {}): LiveManifest =>
  ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'n' },
    spec: { hard, ...spec },
    status: { hard, used },
  }) as never;
const notes = (before: SnapshotObject[], after: SnapshotObject[], ...quotas: LiveManifest[]) =>
  quotaHeadroom('live', quotas, before, after).map(({ field, note }) => `${field}: ${note}`);

test('a rollout requests its surge in addition to the usage of the namespace', () => {
  const [before, after] = [[mill(2, '1')], [mill(2, '1', { image: 'mill:2' })]];
  expect(notes(before, after, quota({ pods: '10', cpu: '8' }, { pods: '10', cpu: '7500m' }))).toEqual([
    'spec.hard.pods: 10 in use and 1 more, of 10',
    'spec.hard.cpu: 7.5 in use and 1 more, of 8',
  ]);
  expect(notes(before, after, quota({ pods: '11', cpu: '8.5' }, { pods: '10', cpu: '7500m' }))).toEqual([]);
});

test('unchanged objects request nothing, even if the quota is exhausted', () => {
  expect(notes([mill(2, '1')], [mill(2, '1')], quota({ pods: '2' }, { pods: '2' }))).toEqual([]);
});

test('changes that fit separately are added up', () => {
  const two = ['a', 'b'].map((name) => object('Service', {}, name));
  expect(notes([], two, quota({ services: '2' }, { services: '1' }))).toEqual([
    'spec.hard.services: 1 in use and 2 more, of 2',
  ]);
  expect(notes([], two.slice(1), quota({ services: '2' }, { services: '1' }))).toEqual([]);
});

test('larger pods run next to the last old ones; those of a StatefulSet replace them', () => {
  const room = quota({ 'requests.cpu': '5' }, { 'requests.cpu': '2' });
  // Two of 2 cores, and the last old one of 1.
  expect(notes([mill(2, '1')], [mill(2, '2')], quota({ 'requests.cpu': '4' }, { 'requests.cpu': '2' }))).toEqual([
    'spec.hard.requests.cpu: 2 in use and 3 more, of 4',
  ]);
  expect(notes([mill(2, '1')], [mill(2, '2')], room)).toEqual([]);
  const set = { kind: 'StatefulSet' };
  expect(
    notes([mill(2, '1', set)], [mill(2, '2', set)], quota({ 'requests.cpu': '4' }, { 'requests.cpu': '2' })),
  ).toEqual([]);
});

test('a quota that the change itself raises counts with its new value', () => {
  const [before, after] = [[mill(1, '1')], [mill(3, '1'), object('ResourceQuota', { hard: { pods: '4' } }, 'q')]];
  expect(notes(before, after, quota({ pods: '1' }, { pods: '1' }))).toEqual([]);
  expect(notes(before, after.slice(0, 1), quota({ pods: '1' }, { pods: '1' }))).toEqual([
    'spec.hard.pods: 1 in use and 2 more, of 1',
  ]);
});

test('a quota with scopes is not checked', () => {
  expect(notes([], [mill(3, '1')], quota({ pods: '1' }, {}, { scopes: ['BestEffort'] }))).toEqual([]);
});
