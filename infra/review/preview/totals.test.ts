import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { ONE } from './diff/index.ts';
import { askedByPod, peakOf } from './peak.ts';
import { totalsOf } from './totals.ts';

const object = (apiVersion: string, kind: string, spec: object, name = 'a'): Manifest =>
  ({ apiVersion, kind, metadata: { name, namespace: 'n' }, spec }) as unknown as Manifest;
const requests = (cpu: string, memory = '1Gi') => ({ resources: { requests: { cpu, memory } } });
const deployment = (replicas: number | undefined, cpu: string): Manifest =>
  object('apps/v1', 'Deployment', {
    replicas,
    strategy: { type: 'Recreate' },
    template: { spec: { containers: [{ name: 'c', ...requests(cpu) }] } },
  });
const scaler = object('autoscaling/v2', 'HorizontalPodAutoscaler', {
  scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
  minReplicas: 2,
  maxReplicas: 5,
});
const GIB = 2 ** 30;

describe('what an environment requests', () => {
  test.each<[string, Manifest[], object]>([
    ['is exact', [deployment(3, '100m')], { pods: 3, cpu: 0.3, memory: 3 * GIB }],
    [
      'counts pods of a pool',
      [
        object('kafka.strimzi.io/v1', 'KafkaNodePool', {
          replicas: 3,
          ...requests('1', '4Gi'),
          storage: { type: 'jbod', volumes: [{ size: '10Gi' }, { size: '5Gi' }] },
        }),
      ],
      { pods: 3, cpu: 3, memory: 12 * GIB, storage: 45 * GIB },
    ],
    [
      'counts instances of a database',
      [
        object('postgresql.cnpg.io/v1', 'Cluster', {
          instances: 2,
          ...requests('500m'),
          storage: { size: '10Gi' },
          walStorage: { size: '1Gi' },
        }),
      ],
      { pods: 2, cpu: 1, memory: 2 * GIB, storage: 22 * GIB },
    ],
    [
      'counts tablespaces, in a list or a map',
      [
        object('postgresql.cnpg.io/v1', 'Cluster', { tablespaces: [{ name: 'a', storage: { size: '1Gi' } }] }),
        object('postgresql.cnpg.io/v1', 'Cluster', { tablespaces: { a: { storage: { size: '2Gi' } } } }, 'b'),
      ],
      { storage: 3 * GIB },
    ],
    [
      'counts nothing for a kind with the same name',
      [object('cluster.x-k8s.io/v1beta1', 'Cluster', { instances: 2 })],
      { pods: 0 },
    ],
  ])('%s', (_, manifests, expected) => expect(totalsOf(manifests)).toMatchObject(expected));

  test('goes from the minimum of an autoscaler to its maximum', () =>
    expect(totalsOf([deployment(undefined, '1'), scaler])).toMatchObject({
      pods: 2,
      cpu: 2,
      most: { pods: 5, cpu: 5 },
    }));

  test('at its peak fits a quota of exactly as much', () =>
    expect(peakOf([deployment(3, '100m')])['requests.cpu']).toBe((3n * ONE) / 10n));

  test('of a pod includes its sidecars, and the init container that runs beside them', () => {
    const pod = (...initContainers: object[]) =>
      askedByPod(object('v1', 'Pod', { initContainers, containers: [{ name: 'c', ...requests('1') }] }))[
        'requests.cpu'
      ];
    const sidecar = { name: 's', restartPolicy: 'Always', ...requests('1') };
    expect(pod(sidecar)).toBe(2n * ONE);
    expect(pod(sidecar, { name: 'i', ...requests('3') })).toBe(4n * ONE);
    expect(pod({ name: 'i', ...requests('3') }, sidecar)).toBe(3n * ONE);
  });
});
