import type { System } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { systemOf } from '../tools/testing/system-of.ts';
import { inChartsOf, partsOf } from './parts.ts';
import { namedImages } from './program.ts';

const object = (name: string, kind: string, rest: object = {}, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name },
  ...rest,
});
const pods = (name: string, image = 'x', volumes: object[] = []) =>
  object(name, 'Deployment', {
    spec: {
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': name } },
        spec: { containers: [{ image }], volumes },
      },
    },
  });
const reaches = (name: string, other: string) =>
  object(name, 'NetworkPolicy', {
    spec: { egress: [{ to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': other } } }] }] },
  });

const system = systemOf({
  certificates: [object('certificates', 'CustomResourceDefinition', { spec: { group: 'cert-manager.io' } })],
  platform: [object('platform', 'Namespace'), object('platform', 'Certificate', {}, 'cert-manager.io/v1')],
  secrets: [object('secrets', 'Secret')],
  postgres: [pods('postgres')],
  users: [pods('users', 'x', [{ secret: { secretName: 'secrets' } }]), reaches('users', 'postgres')],
  gateway: [pods('gateway'), reaches('gateway', 'users')],
  grafana: [pods('grafana', namedImages.thirdParty('grafana')), object('grafana', 'Service')],
});
const charts = ({ objects }: System): string[] => [...new Set(objects.map(({ chart }) => chart))].sort();

test("a part includes the namespace and the definitions of its objects' kinds", () => {
  expect(charts(partsOf(system, ['postgres']))).toEqual(['certificates', 'platform', 'postgres']);
});

test('a part includes what it mounts and connects to, transitively', () => {
  expect(charts(partsOf(system, ['gateway']))).toEqual([
    'certificates',
    'gateway',
    'platform',
    'postgres',
    'secrets',
    'users',
  ]);
});

test('all charts are included when none is named', () => {
  expect(partsOf(system, undefined)).toBe(system);
});

test('an unknown name is rejected with the known ones', () => {
  expect(() => partsOf(system, ['kafak'])).toThrow(
    /no system or service 'kafak'[\s\S]*(certificates|platform|secrets|postgres|users|gateway|grafana)(, \w+){6}/,
  );
});

test('of a system with other images, the same charts are kept whole: a name may follow from an image', () => {
  const composed = (hash: string) =>
    systemOf({
      postgres: [object(`postgres-users-${hash}`, 'Job', {}, 'batch/v1')],
      grafana: [object(hash, 'Secret')],
    });
  const [named, real] = [composed('named'), composed('real')];
  const selection = partsOf(named, ['postgres']);
  expect(inChartsOf(selection, real).objects.map(({ manifest }) => manifest.metadata.name)).toEqual([
    'postgres-users-real',
  ]);
});
