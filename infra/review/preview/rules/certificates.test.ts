import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { reportedBy } from './testing/reported-by.ts';

const SPEC = {
  issuerRef: { name: 'identity', kind: 'Issuer' },
  uris: ['spiffe://shop/ns/n/sa/users'],
  dnsNames: ['users', 'users.n'],
  duration: '24h0m0s',
  renewBefore: '8h0m0s',
  privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
};
const certificate = (fields: object = {}, name = 'users-identity'): Manifest =>
  ({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, namespace: 'n' },
    spec: { secretName: name, ...SPEC, ...fields },
  }) as never;
const users = (by: 'volume' | 'subPath' | 'variable'): Manifest => {
  const mount = { name: 'identity', mountPath: '/identity', ...(by === 'subPath' ? { subPath: 'tls.crt' } : {}) };
  const env =
    by === 'variable' ? [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'users-identity', key: 'tls.key' } } }] : [];
  const volumes =
    by === 'variable' ? [] : [{ name: 'identity', projected: { sources: [{ secret: { name: 'users-identity' } }] } }];
  const container = { name: 'users', image: 'users:1', env, volumeMounts: by === 'variable' ? [] : [mount] };
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container], volumes } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'users', namespace: 'n' },
    spec: { replicas: 1, template },
  } as never;
};
const reported = (before: Manifest[], after: Manifest[]) => reportedBy('certificates', before, after);
const changed = (fields: object, ...others: Manifest[]) =>
  reported([certificate(), ...others], [certificate(fields), ...others]);

describe('a certificate that is reissued', () => {
  test.each<[string, object, string[]]>([
    ['not when only the time of its renewal changes', { renewBefore: '9h0m0s' }, []],
    [
      'by another authority',
      { issuerRef: { name: 'company', kind: 'ClusterIssuer' } },
      [
        'critical Certificate/users-identity | spec.issuerRef.kind | it is reissued immediately by another CA: clients that trust only the old CA reject it',
      ],
    ],
    [
      'for another identity',
      { uris: ['spiffe://shop/ns/n/sa/people'] },
      [
        'critical Certificate/users-identity | spec.uris | it is reissued immediately for another identity: servers that allow only the old identity reject it',
      ],
    ],
    [
      'without one of its names',
      { dnsNames: ['users'] },
      [
        'warning Certificate/users-identity | spec.dnsNames | it is reissued immediately for other names: clients that connect by a removed name reject it',
      ],
    ],
    [
      'with another kind of key',
      { privateKey: { ...SPEC.privateKey, size: 384 } },
      ['info Certificate/users-identity | spec.privateKey.size | it is reissued immediately, with another type of key'],
    ],
    [
      'for another time',
      { duration: '48h0m0s' },
      ['info Certificate/users-identity | spec.duration | it is reissued immediately'],
    ],
    [
      'into another Secret',
      { secretName: 'other' },
      [
        'warning Certificate/users-identity | spec.secretName | it is issued into another Secret: the old one stays and expires',
      ],
    ],
  ])('%s', (_, fields, expected) => {
    expect(changed(fields).map((line) => line.replace(/spec\.(uris|dnsNames)\S*/, 'spec.$1'))).toEqual(expected);
  });

  test('is never reissued if its key does not match and must not change', () => {
    const kept = (size: number) => certificate({ privateKey: { ...SPEC.privateKey, rotationPolicy: 'Never', size } });
    expect(reported([kept(256)], [kept(384)])).toEqual([
      'critical Certificate/users-identity | spec.privateKey.size | it is never reissued: its key does not match, and rotationPolicy Never keeps cert-manager from generating another',
    ]);
  });

  test('reaches pods that mount it, and not pods that read it when they started', () => {
    const again = 'info Certificate/users-identity | spec.duration | it is reissued immediately';
    expect(changed({ duration: '48h0m0s' }, users('volume'))).toEqual([again]);
    for (const by of ['subPath', 'variable'] as const)
      expect(changed({ duration: '48h0m0s' }, users(by))).toEqual([
        `${again}; Deployment/users load it only when they restart`,
      ]);
  });

  test('with others in the same way is one finding', () => {
    const both = (duration: string) =>
      ['users-identity', 'catalog-identity'].map((name) => certificate({ duration }, name));
    expect(reported(both('24h0m0s'), both('48h0m0s'))).toEqual([
      'info Certificate/* | spec.duration | it is reissued immediately | 2 certificates: users-identity, catalog-identity',
    ]);
  });
});

describe('a deleted certificate', () => {
  const ends =
    'critical Certificate/users-identity |  | it is no longer renewed, and Deployment/users still use it until it expires';

  test('is reported while a workload uses it', () => {
    expect(reported([certificate(), users('volume')], [users('volume')])).toEqual([ends]);
  });

  test('is not reported with its workload, nor when another certificate fills the same Secret', () => {
    const other = certificate({ secretName: 'users-identity' }, 'other');
    expect(reported([certificate(), users('volume'), other], [other])).toEqual([]);
    expect(reported([certificate(), users('volume')], [users('volume'), other])).toEqual([]);
  });
});
