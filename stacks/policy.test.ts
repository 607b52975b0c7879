import { patch, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, type App, Chart } from 'cdk8s';
import { violations } from '../infra/review/policy/index.ts';
import { releasedImages } from '../test/support/released.ts';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy, policyOf } from './policy.ts';
import { shop } from './shop.ts';

const made = async (environment: Environment): Promise<App> => shop(environment, await releasedImages(environment));

describe.each(Object.values(environments) as Environment[])('$name', (environment) => {
  test('law: every object complies with every rule, and no exception is expired or unused', async () => {
    const objects = synthesize(await made(environment)).objects.map(({ manifest }) => manifest);
    expect(
      violations(objects, { ...policyOf(environment), today: new Date() }).map(({ manifest, ...rest }) => rest),
    ).toEqual([]);
  });

  test('an object that violates a rule fails the synth, with object, field, origin and fix', async () => {
    const app = await made(environment);
    patch(app, 'Deployment/users', { op: 'add', path: '/spec/template/spec/hostNetwork', value: true });
    expect(() => enforcePolicy(environment, synthesize(app))).toThrow(
      /policy 'no-host-namespaces': spec\.template\.spec\.hostNetwork is true.*\n\s+at environment '\w+' › Deployment\/users › spec\.template\.spec\.hostNetwork \(users\/.*; from .+\)\n\s+fix: remove hostNetwork/,
    );
  });

  test('an image that is neither built here nor in the catalog fails the synth', async () => {
    const known = await releasedImages(environment);
    const unknown = { ...known, thirdParty: () => `unknown.example/miner:1@sha256:${'6'.repeat(64)}` };
    expect(() => enforcePolicy(environment, synthesize(shop(environment, unknown)))).toThrow(/policy 'known-image'/);
  });
});

test('objects that were added to the app are checked too', async () => {
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
