import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, parseDeployTimeSecret, synthesize, valueAt } from '@groundwork/constructs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { App, Chart } from 'cdk8s';
import { deploymentPlan } from '../infra/bridge/index.ts';
import { type Registered, registeredBy } from '../infra/bridge/testing/test-engine.ts';
import { OWN_REPOSITORY } from '../infra/build/images/builder.ts';
import { type Environment, environments } from './environments/index.ts';
import { graph, shop } from './shop.ts';
import { prepareShop } from './stack.ts';

const reference = (name: string) => `${OWN_REPOSITORY}/${name}:1@sha256:${'1'.repeat(64)}`;
const images = { service: reference, thirdParty: reference };
const secretNames = (manifests: readonly Manifest[]) =>
  manifests.flatMap(({ stringData = {} }) =>
    Object.values(stringData as object).flatMap((text: string) => parseDeployTimeSecret(text)?.name ?? []),
  );

/** Names of the resources that the first version of this repository registered, by stack and type. */
const firstVersion: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'first-version.json'), 'utf8'),
);

/** Config with a canary in each deploy-time secret and in the kubeconfig. */
function config({ context = 'test' }: Environment, secretNames: readonly string[]): Record<string, string> {
  const secrets = Object.fromEntries(
    secretNames.map((deployTimeSecret) => [deployTimeSecret, `canary-${deployTimeSecret}`]),
  );
  return {
    'groundwork:secrets': JSON.stringify(secrets),
    'groundwork:context': context,
    'groundwork:kubeconfig': `# canary-kubeconfig\ncontexts: [{ name: ${context} }]`,
  };
}

const run = (environment: Environment, settings: Record<string, string>): Promise<Registered[]> =>
  registeredBy(() => prepareShop(environment, { images, unavailable: [] }).register().deployed, {
    stack: environment.name,
    config: settings,
  });
const objectsOf = (registered: readonly Registered[]) =>
  registered.filter(({ type }) => type.startsWith('kubernetes:'));
/** Inputs without the marks of secret values. */
const plain = (inputs: unknown): unknown =>
  JSON.parse(JSON.stringify(inputs), (_, part) =>
    typeof valueAt(part, 'secret') === 'string' && Object.keys(part).length === 1 ? part.secret : part,
  );
const idOf = ({ kind, metadata }: Manifest) => [kind, metadata.namespace, metadata.name].filter(Boolean).join('/');

describe.each(Object.values(environments) as Environment[])('$name', (environment) => {
  const written = synthesize(shop(environment, images)).objects.map(({ manifest }) => manifest);
  const names = secretNames(written);
  // Registered once: these tests only read what is registered.
  let registered: Registered[];
  beforeAll(async () => {
    registered = await run(environment, config(environment, names));
  });

  test('law: registered objects equal those that synth writes, except for deploy-time secrets', () => {
    const inputsOf = new Map(objectsOf(registered).map(({ name, inputs }) => [name, inputs]));
    expect([...inputsOf.keys()].sort()).toEqual(written.map(idOf).sort());
    for (const manifest of written) {
      const { stringData, ...rest } = manifest as Manifest & { stringData?: Record<string, string> };
      const { stringData: secret, ...inputs } = inputsOf.get(idOf(manifest)) as { stringData?: { secret: object } };
      expect(plain(inputs)).toEqual(rest);
      expect(Object.keys(secret?.secret ?? {})).toEqual(Object.keys(stringData ?? {}));
    }
  });

  test('law: a state of the first version keeps every object: only Jobs that are named by their content are recreated', () => {
    const known = new Set(
      registered.flatMap(({ type, name, aliases }) =>
        [{ type, name }, ...aliases].map((one) => `${one.type || type} ${one.name || name}`),
      ),
    );
    const gone = Object.entries(firstVersion[environment.name] ?? {})
      .flatMap(([type, names]) => names.map((name) => `${type} ${name}`))
      .filter((resource) => !known.has(resource));
    const job = /^kubernetes:batch\/v1:Job Job\/shop-\w+\/(postgres|kafka|consul)-\w+-[0-9a-f]{12}$/;
    // Mailpit belongs to the services' chart since.
    expect(gone.filter((resource) => !job.test(resource) && resource !== 'groundwork:index:Chart mail')).toEqual([]);
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

  test('law: every deploy-time secret reaches its Secret, and no token is left', () => {
    const values = objectsOf(registered).flatMap(({ inputs }) =>
      Object.values((inputs.stringData as { secret: object } | undefined)?.secret ?? {}),
    );
    for (const name of names) expect(values).toContain(`canary-${name}`);
    expect(JSON.stringify(registered)).not.toContain('<<');
  });

  test('law: no input that is not encrypted contains a secret', () => {
    const shown = JSON.stringify(registered, (_, part) =>
      typeof part === 'object' && part !== null && 'secret' in part ? '[secret]' : part,
    );
    expect(JSON.stringify(registered)).toContain('canary-kubeconfig');
    expect(shown).not.toContain('canary');
  });

  test('data is protected if the environment says so, and only then', () => {
    const kept = objectsOf(registered).filter(({ protect, retainOnDelete }) => protect && retainOnDelete);
    const namespace = `shop-${environment.name}`;
    const stores = [
      'Cluster/postgres',
      'K8ssandraCluster/cassandra',
      'Kafka/kafka',
      'KafkaNodePool/broker',
      'KafkaNodePool/controller',
      ...graph.contracts.flatMap(({ name: service, publishes, consumes }) => [
        ...publishes.map(({ name }) => `KafkaTopic/${name}`),
        ...consumes.map(({ name }) => `KafkaTopic/${name}.${service}.dlt`),
      ]),
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
    const { 'groundwork:secrets': _, ...settings } = config(environment, names);
    const registering = run(environment, settings);
    for (const name of names)
      await expect(registering).rejects.toThrow(`pulumi config set --secret --path 'secrets.${name}'`);
  });

  test('no autoscaled workload sets replicas', () => {
    const objects = objectsOf(registered);
    const scaled = objects
      .filter(({ type }) => type.endsWith(':HorizontalPodAutoscaler'))
      .map(({ name }) => name.replace(/^[^/]*/, 'Deployment'));
    expect(scaled.length).toBeGreaterThan(0);
    for (const name of scaled)
      expect(objects.find((object) => object.name === name)?.inputs.spec).not.toHaveProperty('replicas');
  });
});
