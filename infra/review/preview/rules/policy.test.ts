import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import type { Exception } from '../../policy/index.ts';
import { compareSnapshots } from '../findings.ts';
import type { Snapshot } from '../snapshot.ts';

const service = (type: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'users', namespace: 'town' },
  spec: { type },
});
const snapshot = (exceptions: readonly Exception[] | undefined, ...manifests: readonly Manifest[]): Snapshot => ({
  version: 'x',
  environments: {
    test: manifests.map((manifest) => ({ chart: 'users', path: 'users', why: "contract 'users' › edge", manifest })),
  },
  ...(exceptions === undefined ? {} : { exceptions }),
});
const exception: Exception = {
  rule: 'no-node-port',
  object: 'Service/users',
  environments: ['test'],
  reason: 'one machine',
  expires: '2027-06-30',
};
const found = (base: Snapshot, head: Snapshot) =>
  compareSnapshots(base, head).findings.filter(({ rule }) => rule === 'policy');

describe('the policy in a preview', () => {
  test('reports violations that the head adds, with field, cause and fix', () => {
    const ingress: Manifest = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'users', namespace: 'town' },
      spec: { rules: [{ host: 'shop.example' }] },
    };
    expect(found(snapshot([], service('ClusterIP')), snapshot([], service('ClusterIP'), ingress))).toEqual([
      {
        rule: 'policy',
        environments: ['test'],
        severity: expect.any(String),
        subject: 'Ingress/users',
        what: expect.stringMatching(/^it violates the policy 'ingress-tls': spec.tls /),
        field: 'spec.tls',
        advice: expect.any(String),
        cause: "contract 'users' › edge",
      },
    ]);
  });

  test('does not repeat what another rule says of the same place', () => {
    const rules = (before: Manifest, after: Manifest) =>
      compareSnapshots(snapshot([], before), snapshot([], after)).findings.map(({ rule }) => rule);
    expect(rules(service('ClusterIP'), service('NodePort'))).toEqual(['exposure']);
    const role = (verb: string): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['nodes'], verbs: [verb] }],
    });
    expect(new Set(rules(role('get'), role('*')))).toEqual(new Set(['access']));
  });

  test('reports neither violations of the base nor those that the head fixes', () => {
    expect(found(snapshot([], service('NodePort')), snapshot([], service('NodePort')))).toEqual([]);
    expect(found(snapshot([], service('NodePort')), snapshot([], service('ClusterIP')))).toEqual([]);
  });

  test('reports no violation that the head excepts', () => {
    expect(found(snapshot([], service('ClusterIP')), snapshot([exception], service('NodePort')))).toEqual([]);
  });

  test('reports an exception that is no longer needed', () => {
    const [finding, ...others] = found(
      snapshot([exception], service('NodePort')),
      snapshot([exception], service('ClusterIP')),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      subject: 'Service/users',
      what: expect.stringContaining('is excepted, but nothing violates the rule'),
    });
  });

  test('compares with a base from before there was a policy', () => {
    expect(found(snapshot(undefined, service('NodePort')), snapshot([exception], service('NodePort')))).toEqual([]);
  });
});
