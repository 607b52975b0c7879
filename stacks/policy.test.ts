import { patch, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, type App, Chart } from 'cdk8s';
import { violations } from '../infra/review/policy/index.ts';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy, policyOf } from './policy.ts';
import { images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

const made = async (environment: Environment): Promise<App> =>
  shop(environment, await synthImages(environment, images));

describe.each(Object.values(environments) as Environment[])('$name', (environment) => {
  test('law: every object holds to every rule, and no exception is expired or without need', async () => {
    const objects = synthesize(await made(environment)).objects.map(({ manifest }) => manifest);
    expect(
      violations(objects, { ...policyOf(environment), today: new Date() }).map(({ manifest, ...rest }) => rest),
    ).toEqual([]);
  });

  test('an object that breaks a rule stops the synth, with object, field, cause, place and fix', async () => {
    const app = await made(environment);
    patch(app, 'Deployment/users', { op: 'add', path: '/spec/template/spec/hostNetwork', value: true });
    expect(() => enforcePolicy(environment, synthesize(app))).toThrow(
      /policy 'no-host-namespaces': spec\.template\.spec\.hostNetwork is true.*\n\s+at environment '\w+' › Deployment\/users › spec\.template\.spec\.hostNetwork \(users\/.*; from .+\)\n\s+fix: leave hostNetwork/,
    );
  });

  test('an image that is neither ours nor in the catalog stops the synth', async () => {
    const known = await synthImages(environment, images);
    const strange = { ...known, thirdParty: () => `stranger.example/miner:1@sha256:${'6'.repeat(64)}` };
    expect(() => enforcePolicy(environment, synthesize(shop(environment, strange)))).toThrow(/policy 'known-image'/);
  });
});

test('objects that others add to the app are judged too', async () => {
  const environment: Environment = environments.production;
  const app = await made(environment);
  new ApiObject(new Chart(app, 'extra'), 'role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'extra' },
    ...{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [] },
  });
  expect(() => enforcePolicy(environment, synthesize(app))).toThrow(
    /'no-cluster-admin'[\s\S]*ClusterRoleBinding\/extra/,
  );
});
