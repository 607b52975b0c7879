import { type Manifest, type System, synthesize } from '@groundwork/constructs';
import { ConfigurationError, Duration } from '@groundwork/contract';
import {
  type Alias,
  ComponentResource,
  CustomResource,
  type ProviderResource,
  type Resource,
  runtime,
} from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { noSecrets, requireSecrets, type SecretSource } from './deploy-time-secrets.ts';
import { inputsOf } from './inputs.ts';
import { OutputResolver } from './outputs.ts';
import {
  type DeploymentPlan,
  deploymentPlan,
  type PlannedComponent,
  type PlannedObject,
  type PlanOptions,
} from './plan.ts';
import { KubernetesProvider } from './provider.ts';

/** Options of `deploy`. */
export interface DeployOptions extends PlanOptions {
  /** Provider for the cluster, such as a `KubernetesProvider`. */
  readonly provider: ProviderResource;
  /** Source of deploy-time secrets, such as `configSecrets()`. @default none: a deploy-time secret is an error */
  readonly secrets?: SecretSource;
  /** Resolver of the app of a System with Outputs in props. @default for an App, its own resolver */
  readonly outputs?: OutputResolver;
  /** Resources that every object waits for, such as the cluster's nodes. @default none */
  readonly dependsOn?: readonly Resource[];
  /** Longest wait until one object is created and ready, updated, or deleted. @default 10 minutes */
  readonly timeout?: Duration;
}

/** The registered resources. */
export interface Deployed {
  /** The plan that was registered. */
  readonly deploymentPlan: DeploymentPlan;
  /** Components by the name of their chart. */
  readonly components: ReadonlyMap<string, ComponentResource>;
  /** Objects by the name in the URN, such as `Deployment/shop-dev/users`. */
  readonly objects: ReadonlyMap<string, CustomResource>;
}

/** Any Kubernetes object. Pulumi's typed classes would not change what the engine and the provider do. */
class KubernetesObject extends CustomResource {}

/**
 * One type for all charts: a URN includes the type of the parent but not its name, so objects can move between charts.
 */
const COMPONENT = 'groundwork:index:Chart';

/**
 * Registers every object of a system with Pulumi: one resource per object, typed by group, version and kind, named by
 * kind, namespace and name, in one component per chart. `deploy(app)` of a cdk8s app is `deploy(synthesize(app))`.
 * @throws ConfigurationError before any registration: errors of `synthesize` and `deploymentPlan`, missing deploy-time
 * secrets, and names that another call in the program has registered
 * @example
 * const app = new App();
 * new Shop(app, 'shop');
 * deploy(app, { provider: new KubernetesProvider('cluster', { kubeconfig, clusterIdentifier: 'eu-1' }), secrets: configSecrets() });
 */
export function deploy(from: App | System, options: DeployOptions): Deployed {
  if ('resolvers' in from) {
    const outputs = from.resolvers.find((resolver) => resolver instanceof OutputResolver);
    return deploy(synthesize(from), { ...(outputs && { outputs }), ...options });
  }
  const {
    provider,
    secrets = noSecrets,
    dependsOn = [],
    outputs = new OutputResolver(),
    timeout = Duration.minutes(10),
    ...plan
  } = options;
  const planned = deploymentPlan(from, plan);
  requireSecrets(from.secrets, secrets);
  reserveNames(planned);
  const limit = `${timeout.toSeconds()}s`;
  const adopting = planned.objects.some(({ adopt }) => adopt) ? adoptingProvider(provider) : provider;
  const inputs = new Map(
    planned.objects.map((object) => {
      const manifest = object.adopt ? withForce(object.manifest) : object.manifest;
      return [object, inputsOf(manifest, secrets, outputs)];
    }),
  );
  const components = new Map<PlannedComponent, ComponentResource>();
  for (const component of planned.components) {
    const first = [...dependsOn, ...pick(components, component.dependsOn)];
    const aliases = component.formerNames.map((name): Alias => ({ name }));
    components.set(component, new ComponentResource(COMPONENT, component.name, {}, { dependsOn: first, aliases }));
  }
  const objects = new Map<PlannedObject, CustomResource>();
  for (const object of planned.objects) {
    const [parent] = pick(components, [object.component]);
    const resource = new KubernetesObject(object.type, object.name, inputs.get(object), {
      provider: object.adopt ? adopting : provider,
      ...(parent && { parent }),
      dependsOn: pick(objects, object.dependsOn),
      aliases: object.earlier.map(({ type, name }): Alias => ({ type, name })),
      customTimeouts: { create: limit, update: limit, delete: limit },
      ...(object.keep ? { protect: true, retainOnDelete: true } : {}),
    });
    objects.set(object, resource);
  }
  return {
    deploymentPlan: planned,
    components: new Map([...components].map(([{ name }, resource]) => [name, resource])),
    objects: new Map([...objects].map(([{ name }, resource]) => [name, resource])),
  };
}

/** Types and names of resources, by the connection of the program that registers them. */
const reserved = new WeakMap<object, Set<string>>();

/** @throws ConfigurationError for a URN of another call: the engine's own error would come after half of the objects */
function reserveNames({ components, objects }: DeploymentPlan): void {
  const program: object | undefined = runtime.getMonitor();
  if (program === undefined) return;
  const names = [
    ...objects.map(({ type, name }) => `${type} '${name}'`),
    ...components.map(({ name }) => `chart '${name}'`),
  ];
  const taken = reserved.get(program) ?? new Set();
  const duplicate = names.find((name) => taken.has(name));
  if (duplicate !== undefined)
    throw new ConfigurationError({
      code: 'object-duplicate',
      where: 'deploy › prefix',
      problem: `another call of deploy in this program has registered ${duplicate} already`,
      fix: "pass a different prefix in each call but one, such as `deploy(app, { provider, prefix: 'eu' })`",
    });
  reserved.set(program, new Set([...taken, ...names]));
}

function adoptingProvider(provider: ProviderResource): ProviderResource {
  if (provider instanceof KubernetesProvider) return provider.adopting();
  throw new ConfigurationError({
    code: 'adoption-unsupported',
    where: 'adopt',
    problem: 'the provider is not a KubernetesProvider of @groundwork/pulumi',
    fix: 'pass a KubernetesProvider, or import the objects with `pulumi import`',
  });
}

/** The manifest with the provider's annotation that takes over fields of other field managers. */
function withForce({ metadata, ...rest }: Manifest): Manifest {
  const annotations = { ...metadata.annotations, 'pulumi.com/patchForce': 'true' };
  return { ...rest, metadata: { ...metadata, annotations } };
}

function pick<P, R>(registered: ReadonlyMap<P, R>, wanted: readonly P[]): R[] {
  return wanted.flatMap((item) => registered.get(item) ?? []);
}
