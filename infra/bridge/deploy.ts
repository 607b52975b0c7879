import { type System, synthesize } from '@groundwork/constructs';
import { type Alias, ComponentResource, CustomResource, type ProviderResource, type Resource } from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { noSecrets, requireSecrets, type SecretSource } from './deploy-time-secrets.ts';
import { resourceName, resourceType } from './identity.ts';
import { inputsOf } from './inputs.ts';
import { OutputResolver } from './outputs.ts';
import {
  type DeploymentPlan,
  deploymentPlan,
  type PlannedComponent,
  type PlannedObject,
  type PlanOptions,
} from './plan.ts';

/** Options of `deploy`. */
export interface DeployOptions extends PlanOptions {
  /** Provider for the cluster, such as a `KubernetesProvider`. */
  readonly provider: ProviderResource;
  /** Source of deploy-time secrets, such as `configSecrets()`. @default none: a deploy-time secret is an error */
  readonly secrets?: SecretSource;
  /** Resolver of the app of a System with Outputs in props. @default for an App, its own resolver */
  readonly outputs?: OutputResolver;
  /** Resources that every object waits for, such as images that Pulumi builds. @default none */
  readonly dependsOn?: readonly Resource[];
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
 * @throws ConfigurationError before any registration: errors of `synthesize` and `deploymentPlan`, and missing
 * deploy-time secrets
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
  const { provider, secrets = noSecrets, dependsOn = [], outputs = new OutputResolver(), ...plan } = options;
  const planned = deploymentPlan(from, plan);
  requireSecrets(from.secrets, secrets);
  const inputs = new Map(planned.objects.map((object) => [object, inputsOf(object.manifest, secrets, outputs)]));
  const components = new Map<PlannedComponent, ComponentResource>();
  for (const component of planned.components) {
    const first = [...dependsOn, ...pick(components, component.dependsOn)];
    components.set(component, new ComponentResource(COMPONENT, component.name, {}, { dependsOn: first }));
  }
  const objects = new Map<PlannedObject, CustomResource>();
  for (const object of planned.objects) {
    const [parent] = pick(components, [object.component]);
    const resource = new KubernetesObject(object.type, object.name, inputs.get(object), {
      provider,
      ...(parent && { parent }),
      dependsOn: pick(objects, object.dependsOn),
      aliases: object.earlier.map(
        (identity): Alias => ({ type: resourceType(identity), name: resourceName(identity) }),
      ),
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

function pick<P, R>(registered: ReadonlyMap<P, R>, wanted: readonly P[]): R[] {
  return wanted.flatMap((item) => registered.get(item) ?? []);
}
