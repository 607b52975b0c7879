import { deployTimeSecret, synthesize } from '@groundwork/constructs';
import { Duration } from '@groundwork/contract';
import { describe, expect, test } from '@jest/globals';
import { output, ProviderResource, secret } from '@pulumi/pulumi';
import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { type DeployOptions, deploy } from './deploy.ts';
import { configSecrets } from './deploy-time-secrets.ts';
import { OutputResolver } from './outputs.ts';
import { KubernetesProvider } from './provider.ts';
import { foreignApp } from './testing/foreign-app.ts';
import { type Registered, registeredBy } from './testing/test-engine.ts';

const CANARY = 'canary-recipe';
const config = { 'groundwork:secrets': JSON.stringify({ 'bakery/recipe': CANARY }) };

const run = (app: () => App, options: Omit<DeployOptions, 'provider'> = {}): Promise<Registered[]> =>
  registeredBy(
    () =>
      deploy(app(), {
        provider: new KubernetesProvider('cluster', { kubeconfig: 'canary-kubeconfig', clusterIdentifier: 'test' }),
        secrets: configSecrets(),
        ...options,
      }),
    { config },
  );
const named = (registered: readonly Registered[], name: string) =>
  registered.find((one) => one.name === name) as Registered;
const oneObject = (props: Record<string, unknown>, resolver?: OutputResolver) => {
  const app = new App(resolver ? { resolvers: [resolver] } : {});
  return {
    app,
    object: new ApiObject(new Chart(app, 'chart'), 'object', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'one' },
      ...props,
    }),
  };
};

describe('a third-party app', () => {
  test('becomes one resource per object, typed by group, version and kind, in one component per chart', async () => {
    const registered = await run(foreignApp);
    expect(
      registered
        .filter(({ type }) => type.startsWith('kubernetes:'))
        .map(({ type, name }) => `${type} ${name}`)
        .sort(),
    ).toEqual([
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition CustomResourceDefinition/ovens.bakery.example',
      'kubernetes:apps/v1:Deployment Deployment/bakery/baker',
      'kubernetes:apps/v1:Deployment Deployment/bakery/till',
      'kubernetes:autoscaling/v2:HorizontalPodAutoscaler HorizontalPodAutoscaler/bakery/till',
      'kubernetes:bakery.example/v1:Oven Oven/bakery/stone',
      'kubernetes:core/v1:ConfigMap ConfigMap/bakery/settings',
      'kubernetes:core/v1:Namespace Namespace/bakery',
      'kubernetes:core/v1:Secret Secret/bakery/recipe',
    ]);
    expect(registered.filter(({ type }) => type === 'groundwork:index:Chart').map(({ name }) => name)).toEqual([
      'base',
      'bread',
      'shop',
    ]);
  });

  test('law: what is registered equals what cdk8s writes, deploy-time secrets and autoscaled replicas aside', async () => {
    const registered = await run(foreignApp);
    const app = foreignApp();
    for (const object of app.node.findAll().filter((one) => ApiObject.isApiObject(one))) {
      const { kind, name } = object as ApiObject;
      if (kind === 'Secret' || (kind === 'Deployment' && name === 'till')) continue;
      const duplicate = registered.find(
        (one) => one.inputs.kind === kind && (one.inputs.metadata as { name: string }).name === name,
      );
      expect(duplicate?.inputs).toEqual((object as ApiObject).toJson());
    }
  });

  test('law: objects moved to another place in the tree keep their URNs', async () => {
    const urns = (registered: Registered[]) =>
      registered
        .filter(({ type }) => type !== 'groundwork:index:Chart')
        .map(({ urn }) => urn)
        .sort();
    expect(urns(await run(() => foreignApp({ wrapped: true })))).toEqual(urns(await run(foreignApp)));
  });

  test('charts wait for charts as declared, and objects for the objects that they need', async () => {
    const registered = await run(foreignApp);
    const dependencies = (name: string) =>
      named(registered, name)
        .dependencies.map((urn) => urn.split('::').at(-1))
        .sort();
    expect(dependencies('Deployment/bakery/till')).toEqual(['Namespace/bakery']);
    expect(dependencies('Deployment/bakery/baker')).toEqual(['ConfigMap/bakery/settings', 'Namespace/bakery']);
    expect(dependencies('shop')).toEqual(expect.arrayContaining(['Oven/bakery/stone', 'Secret/bakery/recipe']));
    expect(dependencies('bread')).toEqual([]);
    const order = registered.map(({ name }) => name);
    for (const [earlier, later] of [
      ['CustomResourceDefinition/ovens.bakery.example', 'Oven/bakery/stone'],
      ['Namespace/bakery', 'ConfigMap/bakery/settings'],
      ['Oven/bakery/stone', 'Deployment/bakery/till'],
    ] as const)
      expect(order.indexOf(earlier)).toBeLessThan(order.indexOf(later));
  });

  test('a workload that an HPA scales has no replicas, and others keep theirs', async () => {
    const registered = await run(foreignApp);
    expect(named(registered, 'Deployment/bakery/till').inputs.spec).not.toHaveProperty('replicas');
    expect(named(registered, 'Deployment/bakery/baker').inputs.spec).toHaveProperty('replicas', 2);
  });
});

test('law: each object is rendered once on its way to Pulumi, and its System is the same to deploy as its App', async () => {
  const app = foreignApp();
  const rendered = new Map<string, number>();
  for (const object of app.node.findAll()) {
    if (!ApiObject.isApiObject(object)) continue;
    const toJson = object.toJson.bind(object);
    object.toJson = () => {
      rendered.set(object.node.path, (rendered.get(object.node.path) ?? 0) + 1);
      return toJson();
    };
  }
  const system = synthesize(app);
  const registered = await registeredBy(
    () =>
      deploy(system, {
        provider: new KubernetesProvider('cluster', { kubeconfig: 'canary-kubeconfig', clusterIdentifier: 'test' }),
        secrets: configSecrets(),
      }),
    { config },
  );
  expect([...rendered.values()]).toEqual(system.objects.map(() => 1));
  expect(registered).toEqual(await run(foreignApp));
});

test('a List is registered as its items, each with its own URN, with encrypted data of Secrets', async () => {
  const app = new App();
  const metadata = { name: 'recipe', namespace: 'bakery' };
  new ApiObject(new Chart(app, 'chart'), 'list', {
    apiVersion: 'v1',
    kind: 'SecretList',
    items: [
      { metadata, data: { a: 'YQ==' } },
      { metadata: { ...metadata, name: 'other' }, stringData: { b: 'b' } },
    ],
  });
  const registered = await run(() => app);
  expect(named(registered, 'Secret/bakery/recipe').inputs.data).toEqual({ secret: { a: 'YQ==' } });
  expect(named(registered, 'Secret/bakery/other').inputs.stringData).toEqual({ secret: { b: 'b' } });
});

test('charts that depend on each other are deployed: objects wait for objects', async () => {
  const registered = await run(() => {
    const app = new App();
    const [install, use] = [new Chart(app, 'install', { namespace: 'n' }), new Chart(app, 'use')];
    const settings = new ApiObject(install, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
    new ApiObject(use, 'n', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    new ApiObject(use, 'y', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'y' } }).addDependency(settings);
    return app;
  });
  const dependencies = (name: string) => named(registered, name).dependencies.map((urn) => urn.split('::').at(-1));
  expect(dependencies('ConfigMap/n/x')).toEqual(['Namespace/n']);
  expect(dependencies('ConfigMap/y')).toEqual(['ConfigMap/n/x']);
});

describe('deploy-time secrets', () => {
  test('come from the encrypted config, and all data of a Secret is encrypted', async () => {
    const registered = await run(foreignApp);
    expect(named(registered, 'Secret/bakery/recipe').inputs.stringData).toEqual({
      secret: { recipe: CANARY, author: 'grandmother' },
    });
  });

  test('that are missing are all listed with the command that sets each, before any registration', async () => {
    const registering = registeredBy(() => {
      const { app } = oneObject({
        kind: 'Secret',
        stringData: {
          a: deployTimeSecret('postgres/admin', 'password'),
          b: deployTimeSecret('users/token-keys', 'ed25519-jwks'),
          c: deployTimeSecret('mail/url', 'given'),
        },
      });
      return deploy(app, {
        provider: new KubernetesProvider('cluster', { kubeconfig: '', clusterIdentifier: 'test' }),
        secrets: configSecrets(),
      });
    });
    await expect(registering).rejects.toThrow("no value for 'postgres/admin', 'users/token-keys', 'mail/url'");
    await expect(registering).rejects.toThrow(
      "openssl rand -base64 32 | pulumi config set --secret --path 'secrets.postgres/admin'",
    );
    await expect(registering).rejects.toThrow("pulumi config set --secret --path 'secrets.users/token-keys'");
    // Nothing generates what a third party issues: the command asks for it.
    await expect(registering).rejects.toThrow(
      "\n  pulumi config set --secret --path 'secrets.mail/url'  # asks for it",
    );
  });

  test.each([
    ['a ConfigMap', { data: { a: deployTimeSecret('x', 'password') } }],
    ["a Secret's base64 data", { kind: 'Secret', data: { a: deployTimeSecret('x', 'password') } }],
    ['a longer text', { kind: 'Secret', stringData: { a: `password=${deployTimeSecret('x', 'password')}` } }],
  ])('are rejected in %s', async (_, props) => {
    await expect(run(() => oneObject(props).app)).rejects.toThrow(
      "must be a whole value in a Secret's stringData; 'x'",
    );
  });

  test('in config must be strings: a number is rejected without being shown', async () => {
    const registering = registeredBy(
      () => deploy(foreignApp(), { provider: undefined as never, secrets: configSecrets() }),
      {
        config: { 'groundwork:secrets': '{"bakery/recipe":123456}' },
      },
    );
    await expect(registering).rejects.toThrow('it must be a string, got a number');
    await expect(registering).rejects.not.toThrow('123456');
  });
});

test.each(['data', 'stringData'])(
  "law: all of a Secret's %s is marked secret, deploy-time secrets or not",
  async (field) => {
    const { app } = oneObject({ kind: 'Secret', [field]: { a: 'Y2FuYXJ5', b: 'cmVjaXBl' } });
    const { inputs } = named(await run(() => app), 'Secret/one');
    expect(inputs[field]).toEqual({ secret: { a: 'Y2FuYXJ5', b: 'cmVjaXBl' } });
  },
);

test('law: a value whose variable or flag is named like a secret is marked secret, with an Output in it too', async () => {
  const password = output('recipe');
  const outputs = new OutputResolver();
  const container = {
    args: [`--api-token=${outputs.asString(password)}`, '--fast'],
    env: [
      { name: 'LEGACY_PASSWORD', value: 'grandmother' },
      { name: 'COLOR', value: 'red' },
    ],
  };
  const registered = await run(() => oneObject({ kind: 'Pod', spec: { containers: [container] } }, outputs).app);
  expect(named(registered, 'Pod/one').inputs.spec).toEqual({
    containers: [
      {
        args: [{ secret: '--api-token=recipe' }, '--fast'],
        env: [
          { name: 'LEGACY_PASSWORD', value: { secret: 'grandmother' } },
          { name: 'COLOR', value: 'red' },
        ],
      },
    ],
  });
});

test('law: no secret is in an unencrypted input, including the kubeconfig', async () => {
  const hidden = (value: unknown): unknown =>
    JSON.stringify(value, (_, part) =>
      typeof part === 'object' && part !== null && 'secret' in part ? '[secret]' : part,
    );
  const registered = await run(foreignApp);
  expect(JSON.stringify(registered)).toContain(CANARY);
  expect(JSON.stringify(registered)).toContain('canary-kubeconfig');
  for (const { inputs } of registered) expect(hidden(inputs)).not.toMatch(/canary|grandmother/);
});

describe('Outputs in props', () => {
  test('reach the resource whole, within text, and through JSON patches, and stay secret', async () => {
    const outputs = new OutputResolver();
    const registered = await run(() => {
      const { app, object } = oneObject(
        {
          data: {
            whole: output('host') as never,
            text: `redis://${outputs.asString(output('host'))}:${outputs.asString(output(6379))}`,
          },
        },
        outputs,
      );
      object.addJsonPatch(
        JsonPatch.add('/data/patched', outputs.asString(secret('hidden'))),
        JsonPatch.add('/ports', outputs.asString(output([1, 2]))),
      );
      return app;
    });
    expect(named(registered, 'ConfigMap/one').inputs).toMatchObject({
      data: { whole: 'host', text: 'redis://host:6379', patched: { secret: 'hidden' } },
      ports: [1, 2],
    });
  });

  test('of a System are resolved by the resolver of its app, and are an error without it', async () => {
    const outputs = new OutputResolver();
    const system = synthesize(oneObject({ data: { a: output('x') } }, outputs).app);
    const deploying = (options: { outputs?: OutputResolver }) =>
      registeredBy(() =>
        deploy(system, {
          provider: new KubernetesProvider('cluster', { kubeconfig: '', clusterIdentifier: 'test' }),
          ...options,
        }),
      );
    expect(named(await deploying({ outputs }), 'ConfigMap/one').inputs.data).toEqual({ a: 'x' });
    await expect(deploying({})).rejects.toThrow('deploy(system, { outputs })');
  });

  test.each([
    ['without a resolver', () => oneObject({ data: { a: output('x') } }).app, 'resolvers: [new OutputResolver()]'],
    [
      'converted to a string',
      () => oneObject({ data: { a: `http://${output('x')}` } }, new OutputResolver()).app,
      'a Pulumi Output was converted to a string',
    ],
    [
      'as a name',
      () => oneObject({ metadata: { name: output('x') as never } }, new OutputResolver()).app,
      'its kind, name or namespace contains an Output',
    ],
    [
      'as a key',
      () => {
        const outputs = new OutputResolver();
        return oneObject({ data: { plain: 'x', [outputs.asString(output('x'))]: 'y' } }, outputs).app;
      },
      /a key contains an Output\s+at chart\/object › data\.<<output:0>>/,
    ],
    [
      'converted to a key',
      () => oneObject({ data: { list: [{ [`${output('x')}`]: 'y' }] } }, new OutputResolver()).app,
      /converted to a string.*\s+at chart\/object › data\.list\.0\./,
    ],
  ])('%s are rejected with the fix', async (_, app, message) => {
    await expect(run(app)).rejects.toThrow(message);
  });
});

test('charts that need each other through an operator, its namespace and its kind are deployed, also if one depends on the other', async () => {
  const registered = await run(() => {
    const app = new App();
    const [install, use] = [new Chart(app, 'operator', { namespace: 'n' }), new Chart(app, 'monitoring')];
    const make = (chart: Chart, apiVersion: string, kind: string, metadata: { name: string; namespace?: string }) =>
      new ApiObject(chart, kind, {
        apiVersion,
        kind,
        metadata,
        ...(kind === 'CustomResourceDefinition'
          ? { spec: { group: 'bakery.example', names: { kind: 'Oven' }, scope: 'Namespaced' } }
          : {}),
      });
    make(install, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'ovens.bakery.example' });
    make(install, 'apps/v1', 'Deployment', { name: 'operator' });
    make(use, 'v1', 'Namespace', { name: 'n' });
    make(use, 'bakery.example/v1', 'Oven', { name: 'stone', namespace: 'n' });
    use.addDependency(install);
    return app;
  });
  const dependencies = (name: string) => named(registered, name).dependencies.map((urn) => urn.split('::').at(-1));
  expect(dependencies('Namespace/n')).toEqual([]);
  expect(dependencies('Deployment/n/operator')).toEqual(['Namespace/n']);
  expect(dependencies('Oven/n/stone').sort()).toEqual([
    'CustomResourceDefinition/ovens.bakery.example',
    'Deployment/n/operator',
    'Namespace/n',
  ]);
  expect([...dependencies('operator'), ...dependencies('monitoring')]).toEqual([]);
});

test.each([
  [
    'a ClusterRole that two charts declare',
    () => {
      const app = new App();
      for (const namespace of ['a', 'b'])
        new ApiObject(new Chart(app, namespace, { namespace }), 'role', {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'reader' },
        });
      return app;
    },
    'object-duplicate',
    'b/role',
  ],
  [
    'an object with generateName only',
    () => {
      const { app, object } = oneObject({});
      object.addJsonPatch(JsonPatch.replace('/metadata', { generateName: 'x-' }));
      return app;
    },
    'object-unidentified',
    'chart/object',
  ],
])('%s is an error that says where', async (_, app, code, where) => {
  await expect(run(app)).rejects.toThrow(expect.objectContaining({ code, where }));
});

describe('one program', () => {
  const provider = (name: string) => new KubernetesProvider(name, { kubeconfig: name, clusterIdentifier: name });
  const both = (first: () => ReturnType<typeof deploy>, second: () => ReturnType<typeof deploy>) =>
    registeredBy(() => {
      const [a, b] = [first(), second()];
      return {
        components: new Map([...a.components, ...b.components]),
        objects: new Map([...a.objects, ...b.objects]),
      };
    });
  const settings = () => oneObject({ data: { a: 'b' } }).app;

  test('deploys an app to two clusters, each with its provider and a prefix', async () => {
    const registered = await both(
      () => deploy(settings(), { provider: provider('eu'), prefix: 'eu' }),
      () => deploy(settings(), { provider: provider('us'), prefix: 'us' }),
    );
    const urns = registered.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    for (const cluster of ['eu', 'us']) {
      const object = named(registered, `${cluster}/ConfigMap/one`);
      expect(object.provider).toContain(`::${cluster}::`);
      expect(object.inputs).toMatchObject({ data: { a: 'b' }, metadata: { name: 'one' } });
      expect(named(registered, `${cluster}/chart`).type).toBe('groundwork:index:Chart');
    }
  });

  test('deploys two apps to one cluster, with the same objects by themselves', async () => {
    const registered = await registeredBy(() => {
      const cluster = provider('cluster');
      const [a, b] = [
        deploy(settings(), { provider: cluster }),
        deploy(settings(), { provider: cluster, prefix: 'b' }),
      ];
      return {
        components: new Map([...a.components, ...b.components]),
        objects: new Map([...a.objects, ...b.objects]),
      };
    });
    expect(named(registered, 'ConfigMap/one').inputs).toEqual(named(registered, 'b/ConfigMap/one').inputs);
  });

  test('that gives two resources one name gets an error that names the prefix, before the second app is registered', async () => {
    const cluster = provider('cluster');
    const other = new App();
    new Chart(other, 'chart');
    for (const [app, what] of [
      [settings(), "'ConfigMap/one'"],
      [other, "chart 'chart'"],
    ] as const)
      await expect(
        both(
          () => deploy(settings(), { provider: cluster }),
          () => deploy(app, { provider: cluster }),
        ),
      ).rejects.toMatchObject({ code: 'object-duplicate', problem: expect.stringContaining(what) });
  });
});

describe('objects that exist', () => {
  const twoMaps = () => {
    const { app, object } = oneObject({});
    new ApiObject(Chart.of(object), 'two', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'two' } });
    return app;
  };

  test('are adopted by name through a second provider of the same cluster', async () => {
    const registered = await run(twoMaps, { adopt: ['ConfigMap/one'] });
    const [adopting, usual] = ['cluster-adopt', 'cluster'].map((name) => named(registered, name));
    expect(named(registered, 'ConfigMap/one').provider).toContain(adopting?.urn);
    expect(named(registered, 'ConfigMap/two').provider).toContain(`${usual?.urn}::`);
    expect({ ...adopting?.inputs, upsertExistingObjects: 'false' }).toEqual(usual?.inputs);
    expect(adopting?.inputs.upsertExistingObjects).toBe('true');
    const force = { annotations: { 'pulumi.com/patchForce': 'true' } };
    expect(named(registered, 'ConfigMap/one').inputs.metadata).toMatchObject(force);
    expect(named(registered, 'ConfigMap/two').inputs.metadata).not.toMatchObject(force);
  });

  test('need no second provider if none is named', async () => {
    expect((await run(twoMaps)).some(({ name }) => name === 'cluster-adopt')).toBe(false);
  });

  test('are an error with a provider that cannot adopt', async () => {
    class Other extends ProviderResource {}
    const deploying = registeredBy(() =>
      deploy(twoMaps(), { provider: new Other('kubernetes', 'other'), adopt: ['ConfigMap/one'] }),
    );
    await expect(deploying).rejects.toThrow(expect.objectContaining({ code: 'adoption-unsupported' }));
  });
});

describe('the resource of an object has', () => {
  test('an alias for a renamed object, and for API versions that Kubernetes removed', async () => {
    const registered = await run(foreignApp, { aliases: { 'Deployment/bakery/till': [{ name: 'register' }] } });
    expect(named(registered, 'Deployment/bakery/till').aliases).toEqual([
      { type: 'kubernetes:apps/v1:Deployment', name: 'Deployment/bakery/register' },
    ]);
    expect(named(registered, 'HorizontalPodAutoscaler/bakery/till').aliases.map(({ type }) => type)).toContain(
      'kubernetes:autoscaling/v1:HorizontalPodAutoscaler',
    );
  });

  test('no alias for an unknown object: an error', async () => {
    await expect(run(foreignApp, { aliases: { 'Deployment/bakery/tille': [{ name: 'register' }] } })).rejects.toThrow(
      'the app has no object with this name',
    );
  });

  test('protection if it stores data or is the namespace or definition of a store, otherwise none', async () => {
    const registered = await run(foreignApp, { protectData: ({ kind }) => kind === 'Oven' });
    const kept = registered.filter(({ protect, retainOnDelete }) => protect && retainOnDelete);
    expect(kept.map(({ name }) => name).sort()).toEqual([
      'CustomResourceDefinition/ovens.bakery.example',
      'Namespace/bakery',
      'Oven/bakery/stone',
    ]);
    expect((await run(foreignApp)).some(({ protect, retainOnDelete }) => protect || retainOnDelete)).toBe(false);
  });

  test('a bounded wait for its creation, update and deletion', async () => {
    const waits = async (options?: Omit<DeployOptions, 'provider'>) => {
      const objects = (await run(foreignApp, options)).filter(({ type }) => type.startsWith('kubernetes:'));
      return [...new Set(objects.flatMap(({ timeouts }) => timeouts))];
    };
    expect(await waits()).toEqual(['600s']);
    expect(await waits({ timeout: Duration.minutes(20) })).toEqual(['1200s']);
  });
});

test('the provider has the settings that prevent the deletion of live objects', async () => {
  const registered = await run(foreignApp);
  const provider = registered.find(({ type }) => type === 'pulumi:providers:kubernetes') as Registered;
  expect(provider.inputs).toMatchObject({
    kubeconfig: { secret: 'canary-kubeconfig' },
    clusterIdentifier: 'test',
    enableServerSideApply: 'true',
    enableConfigMapMutable: 'true',
    enableSecretMutable: 'true',
    upsertExistingObjects: 'false',
  });
  for (const { type, provider: used } of registered)
    if (type.startsWith('kubernetes:')) expect(used).toContain(provider.urn);
});
