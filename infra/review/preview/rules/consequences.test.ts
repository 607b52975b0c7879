import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { reportedBy } from './testing/reported-by.ts';

const object = (apiVersion: string, kind: string, rest: object, name = 'a'): Manifest =>
  ({ apiVersion, kind, metadata: { name, namespace: 'n' }, ...rest }) as unknown as Manifest;
const container = (more: object = {}) => ({ name: 'c', image: 'a:1@sha256:a', ...more });
const deployment = (inside: object = {}, spec: object = {}, pod: object = {}): Manifest =>
  object('apps/v1', 'Deployment', {
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container(inside)], ...pod } },
      ...spec,
    },
  });
const stays = object('v1', 'ConfigMap', {}, 'stays');
const reported = (rule: string, before: Manifest[], after: Manifest[]): string[] =>
  reportedBy(rule, [stays, ...before], [stays, ...after]).map((text) => text.replace(/ \|[^|]*\| /, ': '));
const database = (spec: object) => object('postgresql.cnpg.io/v1', 'Database', { spec });
const pool = (replicas: number, role: string) =>
  object('kafka.strimzi.io/v1', 'KafkaNodePool', { spec: { replicas, roles: [role] } });
const ingress = (...hosts: string[]) =>
  object('networking.k8s.io/v1', 'Ingress', { spec: { rules: hosts.map((host) => ({ host })) } });
const config = object('v1', 'ConfigMap', { data: { a: '1' } });

describe('reported is', () => {
  test.each<[string, string, Manifest[], Manifest[], string[]]>([
    [
      'a definition, with all objects of its kind',
      'data',
      [object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { spec: { names: { kind: 'Kafka' } } })],
      [],
      ['critical CustomResourceDefinition/a: every Kafka in the cluster is deleted with its definition'],
    ],
    [
      'a database under another name',
      'data',
      [database({ name: 'orders', owner: 'orders' })],
      [database({ name: 'sales', owner: 'orders' })],
      ['critical Database/a: it becomes a new, empty database: the data stays in the one of the old name'],
    ],
    [
      'not a database of another owner, which stays',
      'data',
      [database({ name: 'orders', owner: 'orders' })],
      [database({ name: 'orders', owner: 'sales' })],
      [],
    ],
    [
      'fewer brokers',
      'data',
      [pool(3, 'broker')],
      [pool(2, 'broker')],
      ['critical KafkaNodePool/a: brokers are removed: replicas that are still on them are lost'],
    ],
    [
      'fewer voters',
      'data',
      [pool(3, 'controller')],
      [pool(1, 'controller')],
      [
        'critical KafkaNodePool/a: voters are removed: the cluster survives fewer failures, and stops without a majority',
      ],
    ],
    [
      'a deleted StatefulSet without volumes',
      'removals',
      [object('apps/v1', 'StatefulSet', { spec: { replicas: 2 } })],
      [],
      ['critical StatefulSet/a: its pods are deleted without a replacement | 2 pods'],
    ],
    [
      'a deleted Service',
      'removals',
      [object('v1', 'Service', { spec: {} })],
      [],
      ['critical Service/a: its name and address are gone: its clients no longer connect'],
    ],
    [
      'not a Service that goes with its pods, which are reported',
      'removals',
      [object('v1', 'Service', { spec: { selector: { app: 'a' } } }), deployment()],
      [],
      ['critical Deployment/a: its pods are deleted without a replacement | 2 pods'],
    ],
    [
      'a Service that goes while its pods stay',
      'removals',
      [object('v1', 'Service', { spec: { selector: { app: 'a' } } }), deployment()],
      [deployment()],
      ['critical Service/a: its name and address are gone: its clients no longer connect'],
    ],
    [
      'a deleted ConfigMap that pods mount',
      'removals',
      [config, deployment({}, {}, { volumes: [{ name: 'v', configMap: { name: 'a' } }] })],
      [deployment({}, {}, { volumes: [{ name: 'v', configMap: { name: 'a' } }] })],
      ["critical ConfigMap/a: Deployment/a still use it: pods that restart don't start"],
    ],
    [
      'not one that pods can do without',
      'removals',
      [config, deployment({ envFrom: [{ configMapRef: { name: 'a', optional: true } }] })],
      [deployment({ envFrom: [{ configMapRef: { name: 'a', optional: true } }] })],
      [],
    ],
    [
      'a host that is no longer served',
      'exposure',
      [ingress('a.example', 'b.example')],
      [ingress('b.example')],
      ['critical Ingress/a: clients of a.example no longer reach it'],
    ],
    [
      'another issuer of tokens',
      'exposure',
      [deployment({ env: [{ name: 'TOKEN_ISSUER', value: 'https://a' }] })],
      [deployment({ env: [{ name: 'TOKEN_ISSUER', value: 'https://b' }] })],
      ['critical Deployment/a: the issuer of tokens changes: sessions end, and tokens of the old one are rejected'],
    ],
  ])('%s', (_, rule, before, after, expected) => expect(reported(rule, before, after)).toEqual(expected));
});

describe('a network', () => {
  const policy = (cidr: string) =>
    object('networking.k8s.io/v1', 'NetworkPolicy', {
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ ipBlock: { cidr } }], ports: [{ port: 80 }] }],
      },
    });
  const paths = (from: string, to: string) =>
    reportedBy('network', [deployment(), policy(from)], [deployment(), policy(to)]);
  test.each([
    [
      'that grows opens a path and closes none',
      '10.1.0.0/16',
      '10.0.0.0/8',
      ['warning 10.0.0.0/8 → a:80 |  | a network path opens'],
    ],
    [
      'that shrinks closes a path and opens none',
      '10.0.0.0/8',
      '10.1.0.0/16',
      ['warning 10.0.0.0/8 → a:80 |  | a network path closes'],
    ],
    [
      'of the other family covers none',
      '10.0.0.0/8',
      '2001:db8::/32',
      [
        'warning 10.0.0.0/8 → a:80 |  | a network path closes',
        'warning 2001:db8::/32 → a:80 |  | a network path opens',
      ],
    ],
  ])('%s', (_, from, to, expected) => expect(paths(from, to).sort()).toEqual(expected));
});

describe('a rollout', () => {
  const requests = { resources: { requests: { cpu: '2', memory: '1Gi' }, limits: { memory: '1Gi' } } };
  const rolled = (...others: Manifest[]) =>
    reportedBy(
      'rollouts',
      [deployment(requests), ...others],
      [deployment({ ...requests, image: 'a:2@sha256:b' }), ...others],
    )[0];
  const namespace = {
    ...object('v1', 'Namespace', {}, 'n'),
    metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
  test.each<[string, Manifest, string]>([
    [
      'that the Pod Security Standard of the namespace rejects',
      namespace,
      'the namespace enforces the Pod Security Standard restricted',
    ],
    [
      'that a LimitRange rejects',
      object('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
      'container c has more cpu than the maximum of LimitRange/a, 1',
    ],
    [
      'of pods larger than the quota',
      object('v1', 'ResourceQuota', { spec: { hard: { 'requests.cpu': '1500m' } } }),
      'one of them requests more requests.cpu than ResourceQuota/a allows, 1500m',
    ],
  ])('%s cannot happen, and says so', (_, other, expected) => {
    expect(rolled(other)).toMatch(/^critical .* its new pods are rejected, so the change never rolls out/);
    expect(rolled(other)).toContain(expected);
  });
  test('that takes no pod away does not make drains wait', () => {
    const budget = object('policy/v1', 'PodDisruptionBudget', {
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } },
    });
    const spec = { strategy: { rollingUpdate: { maxUnavailable: 0 } } };
    const [text] = reportedBy(
      'rollouts',
      [deployment({}, spec), budget],
      [deployment({ image: 'a:2@sha256:b' }, spec), budget],
    );
    expect(text).toMatch(/2 pods, under a PodDisruptionBudget$/);
  });
});
