import { type Alias, ComponentResource, CustomResource, type ProviderResource, type Resource } from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { noSecrets, requireSecrets, type SecretSource } from './deploy-time-secrets.ts';
import { resourceName, resourceType } from './identity.ts';
import { deployTimeSecretsOf, inputsOf } from './inputs.ts';
import { OutputResolver } from './outputs.ts';
import { deploymentPlan, type PlanOptions } from './plan.ts';
import type { DeploymentPlan, PlannedComponent, PlannedObject } from './planned.ts';

export interface DeployOptions extends PlanOptions {
  /** What talks to the cluster, such as a `KubernetesProvider`. */
  readonly provider: ProviderResource;
  /** Where deploy-time secrets come from, such as `configSecrets()`. @default none: a deploy-time secret is an error */
  readonly secrets?: SecretSource;
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
 * Registers every object of a cdk8s app with Pulumi: one resource an object, typed by group, version and kind and named
 * by what the user wrote, in one component a chart. Works for any app.
 * @throws ConfigurationError before anything is registered: what `plan` refuses, a missing deploy-time secret, one outside of a Secret.
 * @example
 * const app = new App();
 * new Shop(app, 'shop');
 * deploy(app, { provider: new KubernetesProvider('cluster', { kubeconfig, clusterIdentifier: 'eu-1' }), secrets: configSecrets() });
 */
export function deploy(
  app: App,
  { provider, secrets = noSecrets, dependsOn = [], ...options }: DeployOptions,
): Deployed {
  const planned = deploymentPlan(app, options);
  const outputs = app.resolvers.find((resolver) => resolver instanceof OutputResolver);
  requireSecrets(
    planned.components.flatMap((component) =>
      component.objects.flatMap(({ manifest }) => deployTimeSecretsOf(manifest)),
    ),
    secrets,
  );
  const components = new Map<PlannedComponent, ComponentResource>();
  const objects = new Map<PlannedObject, CustomResource>();
  for (const component of planned.components) {
    const parent = new ComponentResource(
      COMPONENT,
      component.name,
      {},
      { dependsOn: [...dependsOn, ...pick(components, component.dependsOn)] },
    );
    components.set(component, parent);
    for (const object of component.objects) {
      const resource = new KubernetesObject(object.type, object.name, inputsOf(object.manifest, secrets, outputs), {
        parent,
        provider,
        dependsOn: pick(objects, object.dependsOn),
        aliases: object.earlier.map(
          (identity): Alias => ({ type: resourceType(identity), name: resourceName(identity) }),
        ),
        ...(object.keep ? { protect: true, retainOnDelete: true } : {}),
      });
      objects.set(object, resource);
    }
  }
  return {
    deploymentPlan: planned,
    components: new Map([...components].map(([{ name }, resource]) => [name, resource])),
    objects: new Map([...objects].map(([{ name }, resource]) => [name, resource])),
  };
}

function pick<P, R>(registered: ReadonlyMap<P, R>, wanted: Iterable<P>): R[] {
  return [...wanted].map((item) => registered.get(item) as R);
}
