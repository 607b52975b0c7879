import { type Manifest, parseDeployTimeSecret, synthesize } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { deploymentPlan } from '../infra/bridge/index.ts';
import { type Registered, registeredBy } from '../infra/bridge/testing/test-engine.ts';
import { OWN_REPOSITORY } from '../infra/build/images/builder.ts';
import { type Environment, environments } from './environments/index.ts';
import { shop } from './shop.ts';
import { shopStack } from './stack.ts';

const reference = (name: string) => `${OWN_REPOSITORY}/${name}:1@sha256:${'1'.repeat(64)}`;
const images = { service: reference, thirdParty: reference };
const manifests = (environment: Environment) =>
  synthesize(shop(environment, images)).objects.map(({ manifest }) => manifest);
const secretNames = (environment: Environment) =>
  manifests(environment).flatMap(({ stringData = {} }) =>
    Object.values(stringData as object).flatMap((text: string) => parseDeployTimeSecret(text)?.name ?? []),
  );

/** Config with a canary in each deploy-time secret and in the kubeconfig. */
function config({ name, context = 'test', ...environment }: Environment): Record<string, string> {
  const secrets = Object.fromEntries(
    secretNames({ name, context, ...environment }).map((deployTimeSecret) => [
      deployTimeSecret,
      `canary-${deployTimeSecret}`,
    ]),
  );
  return {
    'groundwork:secrets': JSON.stringify(secrets),
    'groundwork:context': context,
    'groundwork:kubeconfig': `# canary-kubeconfig\ncontexts: [{ name: ${context} }]`,
  };
}

const run = (environment: Environment, settings = config(environment)): Promise<Registered[]> =>
  registeredBy(() => shopStack(environment, { images, builds: {} }).deployed, {
    stack: environment.name,
    config: settings,
  });
const objectsOf = (registered: readonly Registered[]) =>
  registered.filter(({ type }) => type.startsWith('kubernetes:'));
const idOf = ({ kind, metadata }: Manifest) => [kind, metadata.namespace, metadata.name].filter(Boolean).join('/');

describe.each(Object.values(environments) as Environment[])('$name', (environment) => {
  test('law: registered objects equal those that synth writes, except for deploy-time secrets', async () => {
    const registered = new Map(objectsOf(await run(environment)).map(({ name, inputs }) => [name, inputs]));
    const written = manifests(environment);
    expect([...registered.keys()].sort()).toEqual(written.map(idOf).sort());
    for (const manifest of written) {
      const { stringData, ...rest } = manifest as Manifest & { stringData?: Record<string, string> };
      const { stringData: secret, ...inputs } = registered.get(idOf(manifest)) as { stringData?: { secret: object } };
      expect(inputs).toEqual(rest);
      expect(Object.keys(secret?.secret ?? {})).toEqual(Object.keys(stringData ?? {}));
    }
  });

  test('law: moving the shop in the construct tree does not change the plan', () => {
    const planned = (app: App) =>
      deploymentPlan(synthesize(app), { protectData: environment.protectData })
        .objects.map(({ name, type, manifest, keep }) => ({ name, type, manifest, keep }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    const moved = new App();
    shop(environment, images, new Chart(moved, 'elsewhere') as unknown as App);
    expect(planned(moved)).toEqual(planned(shop(environment, images)));
  });

  test('law: every deploy-time secret reaches its Secret, and no token is left', async () => {
    const registered = await run(environment);
    const values = objectsOf(registered).flatMap(({ inputs }) =>
      Object.values((inputs.stringData as { secret: object } | undefined)?.secret ?? {}),
    );
    for (const name of secretNames(environment)) expect(values).toContain(`canary-${name}`);
    expect(JSON.stringify(registered)).not.toContain('<<');
  });

  test('law: no input that is not encrypted contains a secret', async () => {
    const registered = await run(environment);
    const shown = JSON.stringify(registered, (_, part) =>
      typeof part === 'object' && part !== null && 'secret' in part ? '[secret]' : part,
    );
    expect(JSON.stringify(registered)).toContain('canary-kubeconfig');
    expect(shown).not.toContain('canary');
  });

  test('data is protected if the environment says so, and only then', async () => {
    const kept = objectsOf(await run(environment)).filter(({ protect, retainOnDelete }) => protect && retainOnDelete);
    const namespace = `shop-${environment.name}`;
    const stores = [
      'Cluster/postgres',
      'Kafka/kafka',
      'KafkaNodePool/broker',
      'KafkaNodePool/controller',
      'KafkaTopic/user.registered',
      'KafkaTopic/user.registered.notifications.dlt',
      'PersistentVolumeClaim/consul-snapshot',
      'StatefulSet/alertmanager',
      'StatefulSet/consul-server',
      'StatefulSet/prometheus',
    ].map((name) => name.replace('/', `/${namespace}/`));
    expect(kept.map(({ name }) => name).sort()).toEqual(
      environment.protectData ? [...stores, `Namespace/${namespace}`].sort() : [],
    );
  });

  test('without its secrets it reports all of them, and registers no object', async () => {
    const { 'groundwork:secrets': _, ...settings } = config(environment);
    const registering = run(environment, settings);
    for (const name of secretNames(environment))
      await expect(registering).rejects.toThrow(`pulumi config set --secret --path 'secrets.${name}'`);
  });

  test('no autoscaled workload sets replicas', async () => {
    const objects = objectsOf(await run(environment));
    const scaled = objects
      .filter(({ type }) => type.endsWith(':HorizontalPodAutoscaler'))
      .map(({ name }) => name.replace(/^[^/]*/, 'Deployment'));
    expect(scaled.length).toBeGreaterThan(0);
    for (const name of scaled)
      expect(objects.find((object) => object.name === name)?.inputs.spec).not.toHaveProperty('replicas');
  });
});
