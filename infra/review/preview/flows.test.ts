import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { flows } from './flows.ts';

const workload = (name: string, namespace = 'town'): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [] } } },
});
const policy = (name: string, spec: object, namespace = 'town'): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace },
  spec: { podSelector: { matchLabels: { app: name } }, ...spec },
});
const ports = [{ protocol: 'TCP', port: 5432 }];
const calls = { podSelector: { matchLabels: { app: 'users' } } };
const space = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const closed = policy('users', { policyTypes: ['Ingress', 'Egress'], egress: [{ to: [{ podSelector: {} }], ports }] });

/** Connections that a policy of `store` allows while `users` may reach all pods of its namespace on one port. */
const into = (...from: object[]): string[] =>
  [
    ...flows([
      workload('users'),
      workload('store'),
      closed,
      policy('store', { policyTypes: ['Ingress', 'Egress'], ingress: [{ from, ports }] }),
    ]),
  ].sort();

test('a path is open if both sides allow it', () => {
  expect(into(calls)).toEqual(['users → store:5432']);
});

test('it is closed if only one side allows it', () => {
  const onlyIn = policy('store', { ingress: [{ from: [calls], ports }] });
  const shut = policy('users', { policyTypes: ['Egress'] });
  expect([...flows([workload('users'), workload('store'), shut, onlyIn])].join()).not.toContain('users → store');
});

test('a rule with an empty list allows all, and a policy without types restricts what it has rules for', () => {
  expect(into()).toEqual(['anywhere → store:5432', 'users → store:5432']);
  const out = policy('users', { egress: [{ to: [calls], ports: [] }] });
  expect([...flows([workload('users'), workload('store'), out])]).not.toContain('users → store');
});

describe('a peer with a selector of namespaces', () => {
  test.each<[string, object, string[]]>([
    [
      'that names the pods’ own',
      { ...calls, ...space('town') },
      ['users → store:5432', 'users in namespace town → store:5432'],
    ],
    [
      'that names another is not the pods’ own',
      { ...calls, ...space('city') },
      ['users in namespace city → store:5432'],
    ],
    ['without a selector of pods, that names another', space('city'), ['namespace city → store:5432']],
    [
      'that is empty, and so is of all namespaces',
      { ...calls, namespaceSelector: {} },
      ['users in any namespace → store:5432', 'users → store:5432'],
    ],
    [
      'that excludes the pods’ own by an expression',
      {
        ...calls,
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['town'] }],
        },
      },
      ['users in any namespace → store:5432'],
    ],
  ])('%s', (_, peer, expected) => {
    expect(into(peer)).toEqual([...expected].sort());
  });

  test('selects by the labels that the Namespace has', () => {
    const team = { matchLabels: { team: 'bakers' } };
    const all = (labels: Record<string, string>) => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'town', labels } },
      workload('users'),
      workload('store'),
      policy('store', { ingress: [{ from: [{ ...calls, namespaceSelector: team }] }] }),
    ];
    expect(flows(all({ team: 'bakers' }))).toContain('users → store');
    expect(flows(all({ team: 'smiths' }))).not.toContain('users → store');
  });
});

test('a policy of one namespace opens and closes nothing in another', () => {
  const elsewhere = policy('store', { policyTypes: ['Ingress'], ingress: [{ from: [calls], ports }] }, 'city');
  const here = policy('store', { policyTypes: ['Ingress'] });
  const found = flows([workload('users'), workload('store'), workload('store', 'city'), elsewhere, here]);
  expect([...found].filter((flow) => flow.startsWith('users'))).toEqual([]);
});

test('a range of addresses is a target outside the cluster, not a pod', () => {
  expect(into({ ipBlock: { cidr: '10.0.0.0/8' } })).toEqual(['10.0.0.0/8 → store:5432']);
});
