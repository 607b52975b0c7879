import { type Manifest, synthesize } from '@groundwork/constructs';
import { isConfigurationError } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, App, Chart } from 'cdk8s';
import { gapsIn } from '../../test/support/gaps.ts';
import { noSecrets } from './deploy-time-secrets.ts';
import { inputsOf } from './inputs.ts';
import { OutputResolver } from './outputs.ts';
import { deploymentPlan } from './plan.ts';
import { foreignApp } from './testing/foreign-app.ts';

test('a deployment plan needs no engine, and lists charts and objects after their dependencies', () => {
  const { components, objects } = deploymentPlan(synthesize(foreignApp()));
  expect(components.map(({ name, dependsOn }) => [name, dependsOn.map((one) => one.name)])).toEqual([
    ['base', []],
    ['bread', []],
    ['shop', ['bread']],
  ]);
  expect(
    objects.map(({ component, name, dependsOn }) => [component.name, name, dependsOn.map((one) => one.name)]),
  ).toEqual([
    ['base', 'Namespace/bakery', []],
    ['base', 'CustomResourceDefinition/ovens.bakery.example', []],
    ['bread', 'Secret/bakery/recipe', ['Namespace/bakery']],
    ['bread', 'ConfigMap/bakery/settings', ['Namespace/bakery']],
    ['bread', 'Oven/bakery/stone', ['Namespace/bakery', 'CustomResourceDefinition/ovens.bakery.example']],
    ['bread', 'Deployment/bakery/baker', ['Namespace/bakery', 'ConfigMap/bakery/settings']],
    ['shop', 'Deployment/bakery/till', ['Namespace/bakery']],
    ['shop', 'HorizontalPodAutoscaler/bakery/till', ['Namespace/bakery']],
  ]);
});

test('objects of charts that depend on each other wait for objects of the other chart', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a', { namespace: 'n' }), new Chart(app, 'b', { namespace: 'm' })];
  for (const [chart, name] of [
    [a, 'm'],
    [b, 'n'],
  ] as const) {
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    new ApiObject(chart, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
  }
  const { components, objects } = deploymentPlan(synthesize(app));
  expect(components.map(({ dependsOn }) => dependsOn)).toEqual([[], []]);
  expect(
    objects.map(({ component, name, dependsOn }) => [component.name, name, dependsOn.map((one) => one.name)]),
  ).toEqual([
    ['b', 'Namespace/n', []],
    ['a', 'Namespace/m', []],
    ['b', 'ConfigMap/m/x', ['Namespace/m']],
    ['a', 'ConfigMap/n/x', ['Namespace/n']],
  ]);
});

test('a component is named by the id of its chart, and by its path if two charts share an id', () => {
  const app = new App();
  const [a, b] = [new Chart(app, 'a'), new Chart(app, 'b')];
  for (const outer of [a, b]) new Chart(outer, 'inner');
  expect(deploymentPlan(synthesize(app)).components.map(({ name }) => name)).toEqual(['a/inner', 'a', 'b/inner', 'b']);
});

type Fields = Readonly<Record<string, unknown>>;
const kindsOf = (...manifests: readonly Fields[]) => {
  const app = new App();
  const chart = new Chart(app, 'chart');
  for (const [index, { apiVersion, kind, ...rest }] of manifests.entries())
    new ApiObject(chart, `${index}`, {
      apiVersion: String(apiVersion),
      kind: String(kind),
      metadata: { name: 'x' },
      ...rest,
    });
  return synthesize(app);
};

test('data stores are recognized by their group, kind and volumes', () => {
  const system = kindsOf(
    { kind: 'StatefulSet', apiVersion: 'apps/v1', spec: { volumeClaimTemplates: [{}] } },
    { kind: 'StatefulSet', apiVersion: 'apps/v1', metadata: { name: 'without-spec' } },
    { kind: 'StatefulSet', apiVersion: 'apps.example/v1', spec: { volumeClaimTemplates: [{}] } },
    { kind: 'Deployment', apiVersion: 'apps/v1', spec: {} },
    { kind: 'PersistentVolumeClaim', apiVersion: 'v1', spec: {} },
    { kind: 'Kafka', apiVersion: 'kafka.strimzi.io/v1beta2', spec: {} },
  );
  const { objects } = deploymentPlan(system, { protectData: true });
  expect(objects.filter(({ keep }) => keep).map(({ name }) => name)).toEqual([
    'PersistentVolumeClaim/x',
    'Kafka/x',
    'StatefulSet/x',
  ]);
  expect(objects.find(({ keep, identity }) => keep && identity.kind === 'StatefulSet')?.identity.apiVersion).toBe(
    'apps/v1',
  );
});

test('the Namespace and the definition of a store are kept with it, since their deletion deletes it', () => {
  const definition = (name: string, kind: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: { group: 'kafka.strimzi.io', names: { kind } },
  });
  const system = kindsOf(
    definition('kafkas.kafka.strimzi.io', 'Kafka'),
    definition('kafkausers.kafka.strimzi.io', 'KafkaUser'),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'tenancy.example/v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'kafka.strimzi.io/v1', kind: 'Kafka', metadata: { name: 'kafka', namespace: 'shop' } },
  );
  const kept = deploymentPlan(system, { protectData: true }).objects.filter(({ keep }) => keep);
  expect(kept.map(({ type, name }) => `${type} ${name}`)).toEqual([
    'kubernetes:core/v1:Namespace Namespace/shop',
    'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition CustomResourceDefinition/kafkas.kafka.strimzi.io',
    'kubernetes:kafka.strimzi.io/v1:Kafka Kafka/shop/kafka',
  ]);
});

describe('replicas belong to the autoscaler', () => {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 2, paused: true } };
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { replicas: 2 } };
  const replicasIn = (...manifests: readonly Fields[]) =>
    Object.fromEntries(
      deploymentPlan(kindsOf(...manifests)).objects.map(({ identity: { kind }, manifest }) => [kind, manifest.spec]),
    );
  const scaled = (apiVersion: string, kind: string, scaleTargetRef?: object) =>
    replicasIn(target, set, { apiVersion, kind, spec: { scaleTargetRef } });

  test.each([
    ['an HPA', 'autoscaling/v2', 'HorizontalPodAutoscaler', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }],
    ['KEDA', 'keda.sh/v1alpha1', 'ScaledObject', { name: 'x' }],
    ['KEDA that names the kind', 'keda.sh/v1alpha1', 'ScaledObject', { kind: 'Deployment', name: 'x' }],
  ])('of %s', (_, apiVersion, kind, ref) => {
    expect(scaled(apiVersion, kind, ref)).toMatchObject({ StatefulSet: { replicas: 2 } });
    expect(scaled(apiVersion, kind, ref).Deployment).toEqual({ paused: true });
  });

  test('of KEDA that scales a StatefulSet', () => {
    const specs = scaled('keda.sh/v1alpha1', 'ScaledObject', { kind: 'StatefulSet', name: 'x' });
    expect(specs).toMatchObject({ Deployment: { replicas: 2 }, StatefulSet: {} });
    expect(specs.StatefulSet).not.toHaveProperty('replicas');
  });

  test.each([
    ['has no target', 'autoscaling/v2', 'HorizontalPodAutoscaler', undefined],
    ['names no kind', 'autoscaling/v2', 'HorizontalPodAutoscaler', { name: 'x' }],
    ['is of another group', 'scaling.example/v1', 'HorizontalPodAutoscaler', { ...target, name: 'x' }],
    ['is of another group', 'scaling.example/v1', 'ScaledObject', { name: 'x' }],
  ])('not of one that %s', (_, apiVersion, kind, ref) => {
    expect(scaled(apiVersion, kind, ref)).toMatchObject({ Deployment: { replicas: 2 }, StatefulSet: { replicas: 2 } });
    expect(replicasIn(target, { apiVersion, kind })).toMatchObject({ Deployment: { replicas: 2 } });
  });
});

describe('names', () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };

  test('of objects of the whole cluster have no namespace; the former name is an alias', () => {
    const system = kindsOf({ ...role, metadata: { name: 'reader', namespace: 'shop' } });
    expect(deploymentPlan(system).objects).toMatchObject([
      {
        name: 'ClusterRole/reader',
        earlier: [{ type: 'kubernetes:rbac.authorization.k8s.io/v1:ClusterRole', name: 'ClusterRole/shop/reader' }],
      },
    ]);
  });

  test('start with the prefix, those in aliases too', () => {
    const aliases = { 'eu/ClusterRole/x': [{ name: 'y' }] };
    const { components, objects } = deploymentPlan(kindsOf(role), { prefix: 'eu', aliases });
    expect(components).toMatchObject([{ name: 'eu/chart', formerNames: [] }]);
    expect(objects).toMatchObject([{ name: 'eu/ClusterRole/x', earlier: [{ name: 'eu/ClusterRole/y' }] }]);
  });

  test.each([
    ['', '', 'eu/'],
    ['us', 'us/', 'eu/'],
  ])('with the former prefix "%s" are aliases', (formerPrefix, before, now) => {
    const aliases = { 'eu/ClusterRole/x': [{ name: 'y' }] };
    const { components, objects } = deploymentPlan(kindsOf(role), { prefix: 'eu', formerPrefix, aliases });
    expect(components).toMatchObject([{ formerNames: [`${before}chart`] }]);
    expect(objects[0]?.earlier.map(({ name }) => name)).toEqual([
      `${now}ClusterRole/y`,
      `${before}ClusterRole/x`,
      `${before}ClusterRole/y`,
    ]);
  });

  test.each([
    ['prefix', { prefix: '' }, 'name-invalid'],
    ['prefix', { prefix: 'eu/1' }, 'name-invalid'],
    ['formerPrefix', { formerPrefix: 'EU' }, 'name-invalid'],
    ['adopt › ClusterRole/y', { adopt: ['ClusterRole/y'] }, 'object-unknown'],
    ['aliases › ClusterRole/x', { prefix: 'eu', aliases: { 'ClusterRole/x': [] } }, 'object-unknown'],
  ])('in %s that are wrong are an error', (where, options, code) => {
    expect(() => deploymentPlan(kindsOf(role), options)).toThrow(expect.objectContaining({ code, where }));
  });
});

/** A construct that renders to any JSON, as one that includes a file does. */
class Included extends ApiObject {
  readonly #json: unknown;

  public constructor(chart: Chart, id: string, json: unknown) {
    super(chart, id, { apiVersion: 'v1', kind: 'Any' });
    this.#json = json;
  }

  public override toJson(): unknown {
    return this.#json;
  }
}

const included: readonly Manifest[] = [
  ...synthesize(foreignApp()).objects.map(({ manifest }) => manifest),
  {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'x', namespace: 'bakery' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'till' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'x', namespace: 'bakery', annotations: { a: 'b' } },
    spec: { serviceName: 'x', volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { storageClassName: 'y' } }] },
  },
];

test.each(included)(
  'law: a $kind in which any value is absent or null is planned, or an error that says where',
  (one) => {
    const others = included.filter((other) => other !== one);
    const failed = [...gapsIn(one)].flatMap(({ at, json }) => {
      const app = new App();
      const chart = new Chart(app, 'chart');
      for (const [index, object] of [json, ...others].entries()) new Included(chart, `${index}`, object);
      try {
        const { objects } = deploymentPlan(synthesize(app), { protectData: true });
        for (const { manifest } of objects) inputsOf(manifest, noSecrets, new OutputResolver());
        return [];
      } catch (error) {
        return isConfigurationError(error) ? [] : [`${at}: ${error}`];
      }
    });
    expect(failed).toEqual([]);
  },
);
