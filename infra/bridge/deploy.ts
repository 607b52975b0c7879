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

export interface DeployOptions extends PlanOptions {
  /** What talks to the cluster, such as a `KubernetesProvider`. */
  readonly provider: ProviderResource;
  /** Where deploy-time secrets come from, such as `configSecrets()`. @default none: a deploy-time secret is an error */
  readonly secrets?: SecretSource;
  /** Resolver that the app of a System was made with, if Outputs stand in its props. @default of an App, its own */
  readonly outputs?: OutputResolver;
  /** What every object waits for, such as images that Pulumi builds. @default nothing */
  readonly dependsOn?: readonly Resource[];
}

/** What was registered. */
export interface Deployed {
  readonly deploymentPlan: DeploymentPlan;
  /** By chart. */
  readonly components: ReadonlyMap<string, ComponentResource>;
  /** By name in the URN, such as `Deployment/shop-dev/users`. */
  readonly objects: ReadonlyMap<string, CustomResource>;
}

/** Any Kubernetes object: Pulumi's typed classes add nothing to what the engine and the provider do with it. */
class KubernetesObject extends CustomResource {}

/** One type for all charts: a child's URN holds its parent's type but not its name, so objects move between charts freely. */
const COMPONENT = 'groundwork:index:Chart';

/**
 * Registers every object of a system with Pulumi: one resource an object, typed by group, version and kind and named
 * by what the user wrote, in one component a chart. Any cdk8s app is a system: `deploy(app)` is `deploy(synthesize(app))`.
 * @throws ConfigurationError before anything is registered: what `synthesize` and `deploymentPlan` refuse, and a missing
 * deploy-time secret
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
