import { deployTimeSecret } from '@groundwork/constructs';
import { expect, test } from '@jest/globals';
import { systemOf } from '../../tools/testing/system-of.ts';
import { readersOf, secretsOf } from './list.ts';

const object = (kind: string, name: string, rest: object, annotations = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, labels: { 'app.kubernetes.io/name': 'users' }, annotations },
  ...rest,
});
const system = (...objects: ReturnType<typeof object>[]) => systemOf({ c: objects }, 'grafana');

test('each deploy-time secret of a Secret is listed with its owner, and its purpose or origin', () => {
  const secrets = system(
    object(
      'Secret',
      's',
      { stringData: { value: deployTimeSecret('secrets/users/pepper', 'password'), plain: 'x' } },
      { 'groundwork/purpose': 'for hashes' },
    ),
    object('Secret', 't', { stringData: { keys: deployTimeSecret('secrets/users/keys', 'ed25519-jwks') } }),
  );
  expect(secretsOf(secrets)).toMatchObject([
    { name: 'secrets/users/keys', owner: 'users', purpose: 'grafana', rotation: 'reload' },
    { name: 'secrets/users/pepper', owner: 'users', purpose: 'for hashes', rotation: 'restart' },
  ]);
});

test('a key that its construct marks is rotated by hand, and other keys are not', () => {
  const stringData = {
    passphrase: deployTimeSecret('backup/passphrase', 'key'),
    id: deployTimeSecret('backup/id', 'password'),
  };
  const [id, passphrase] = secretsOf(
    system(object('Secret', 's', { stringData }, { 'groundwork/by-hand': 'passphrase' })),
  );
  expect([id?.rotation, passphrase?.rotation]).toEqual(['restart', 'by hand']);
});

test('certificates renew automatically, and the authority has a purpose', () => {
  const authority = object('Certificate', 'authority', { apiVersion: 'cert-manager.io/v1', spec: { isCA: true } });
  const [certificate] = secretsOf(system(authority));
  expect(certificate).toMatchObject({
    format: 'certificate',
    rotation: 'renewal',
    purpose: 'signs the certificates of this environment',
  });
});

const pods = (kind: string, spec: object) => object(kind, 'users', { spec: { template: { spec } } });

test.each([
  ['mounts it', { volumes: [{ secret: { secretName: 's' } }] }],
  [
    'mounts it among others',
    {
      volumes: [
        { projected: { sources: [{ secret: { name: 'other' } }, { secret: { name: 's', items: [{ key: 'k' }] } }] } },
      ],
    },
  ],
  ['has it in its environment', { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] }],
  ['has all of it in its environment', { containers: [{ envFrom: [{ secretRef: { name: 's' } }] }] }],
])('a workload reads a key when it %s', (_, spec) => {
  expect(readersOf(system(pods('Deployment', spec), pods('Job', spec)), 's', 'k')).toEqual(['deployment/users']);
  expect(readersOf(system(pods('Deployment', spec)), 'another', 'k')).toEqual([]);
});

test('a workload that reads other keys of the Secret is not restarted', () => {
  const mounted = { volumes: [{ projected: { sources: [{ secret: { name: 's', items: [{ key: 'other' }] } }] } }] };
  const named = { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: 's', key: 'other' } } }] }] };
  expect(readersOf(system(pods('Deployment', mounted), pods('StatefulSet', named)), 's', 'k')).toEqual([]);
});
