import type { Manifest, ManifestEntry } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { partsOf, without } from './parts.ts';
import { namedImages } from './program.ts';

const entry = (chart: string, kind: string, rest: object = {}, apiVersion = 'v1'): ManifestEntry => ({
  chart,
  path: chart,
  why: 'a test',
  manifest: { apiVersion, kind, metadata: { name: chart }, ...rest } as Manifest,
});
const pods = (name: string, image = 'x', volumes: object[] = []): ManifestEntry =>
  entry(name, 'Deployment', {
    spec: {
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': name } },
        spec: { containers: [{ image }], volumes },
      },
    },
  });
const reaches = (name: string, other: string): ManifestEntry =>
  entry(name, 'NetworkPolicy', {
    spec: { egress: [{ to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': other } } }] }] },
  });

const system = [
  entry('certificates', 'CustomResourceDefinition', { spec: { group: 'cert-manager.io' } }),
  entry('platform', 'Namespace'),
  entry('platform', 'Certificate', {}, 'cert-manager.io/v1'),
  entry('secrets', 'Secret'),
  pods('postgres'),
  pods('users', 'x', [{ secret: { secretName: 'secrets' } }]),
  reaches('users', 'postgres'),
  pods('gateway'),
  reaches('gateway', 'users'),
  pods('grafana', namedImages.thirdParty('grafana')),
  entry('grafana', 'Service'),
];
const charts = (entries: readonly ManifestEntry[]): string[] => [...new Set(entries.map(({ chart }) => chart))];

test('a part comes with the namespace, and with what defines the kinds of its objects', () => {
  expect(charts(partsOf(system, ['postgres']))).toEqual(['certificates', 'platform', 'postgres']);
});

test('a part comes with what it mounts and what it reaches, to the end of the chain', () => {
  expect(charts(partsOf(system, ['gateway']))).toEqual([
    'certificates',
    'platform',
    'secrets',
    'postgres',
    'users',
    'gateway',
  ]);
});

test('all come when none is named', () => {
  expect(partsOf(system, undefined)).toBe(system);
});

test('an unknown name is refused with those that there are', () => {
  expect(() => partsOf(system, ['kafak'])).toThrow(
    /no system or service 'kafak'[\s\S]*certificates, platform, secrets, postgres, users, gateway, grafana/,
  );
});

test('a system whose image is not to be had is left out whole, and nothing else', () => {
  expect(charts(system).filter((chart) => !charts(without(system, ['grafana'])).includes(chart))).toEqual(['grafana']);
});
