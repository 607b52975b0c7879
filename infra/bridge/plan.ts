import type { Manifest, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { earlierVersions } from './api-moves.ts';
import { withoutScaledReplicas } from './autoscaled.ts';
import { dataOwners, holdsData } from './data-stores.ts';
import { type Identity, identityOf, resourceName, resourceType } from './identity.ts';
import { assertOutputs } from './outputs.ts';

/** Options of `deploymentPlan`. */
export interface PlanOptions {
  /**
   * Former identities of renamed objects, by the name in the URN: with
   * `{ 'Deployment/shop/basket': [{ name: 'cart' }] }` Pulumi keeps the resource instead of creating a second one.
   * @default only API versions that Kubernetes removed, such as autoscaling/v2beta2
   */
  readonly aliases?: Readonly<Record<string, readonly Partial<Identity>[]>>;
  /**
   * Objects with data: Pulumi refuses to delete them, and keeps them in the cluster if they are removed from the
   * program. `true` selects volumes, StatefulSets with volumes and operators' databases. Their Namespaces are protected
   * too.
   * @default false
   */
  readonly protectData?: boolean | ((manifest: Manifest) => boolean);
}

/** One chart as it will be registered: a component with its objects as children. */
export interface PlannedComponent {
  /** Id of the chart, or its path if two charts share an id. */
  readonly name: string;
  /** Components whose objects are registered first. */
  readonly dependsOn: readonly PlannedComponent[];
}

/** One object as it will be registered. */
export interface PlannedObject {
  /** Name in the URN, such as `Deployment/shop-dev/users`. */
  readonly name: string;
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Component of its chart. */
  readonly component: PlannedComponent;
  /** API version, kind, namespace and name. */
  readonly identity: Identity;
  /** The object, with tokens for deploy-time secrets and Outputs. */
  readonly manifest: Manifest;
  /** Path in the construct tree. */
  readonly path: string;
  /** Objects that it waits for, in addition to those that its component waits for. */
  readonly dependsOn: readonly PlannedObject[];
  /** Former identities, which become aliases. */
  readonly earlier: readonly Identity[];
  /** Whether it stores data and is protected from deletion. */
  readonly keep: boolean;
}

/** What `deploy` will register, dependencies first. */
export interface DeploymentPlan {
  /** One per chart, after those that it depends on. */
  readonly components: readonly PlannedComponent[];
  /** Each after the objects that it depends on. */
  readonly objects: readonly PlannedObject[];
}

/**
 * Computes what `deploy` registers, without a Pulumi engine. Pure.
 * @throws ConfigurationError for aliases of unknown objects, and for misplaced Outputs
 */
export function deploymentPlan(system: System, options: PlanOptions = {}): DeploymentPlan {
  for (const object of system.objects) assertOutputs(object);
  const named = system.objects.map((object) => ({ ...object, identity: identityOf(object.manifest) }));
  validateAliases(options.aliases ?? {}, new Set(named.map(({ identity }) => resourceName(identity))));
  const scaled = withoutScaledReplicas(named);
  const { protectData = false } = options;
  const isStore = typeof protectData === 'function' ? protectData : protectData ? holdsData : () => false;
  const keep = dataOwners(
    scaled.map(({ manifest }) => manifest),
    isStore,
  );

  const components = componentsOf(system);
  const needed = Map.groupBy(system.edges, ({ from }) => from);
  const objects = new Map<string, PlannedObject>();
  for (const { id, chart, path, identity, manifest } of scaled) {
    const name = resourceName(identity);
    const earlier = [
      ...(options.aliases?.[name] ?? []),
      ...earlierVersions(identity).map((apiVersion) => ({ apiVersion })),
    ];
    objects.set(id, {
      name,
      type: resourceType(identity),
      component: found(components, chart),
      identity,
      manifest,
      path,
      dependsOn: (needed.get(id) ?? []).map(({ to }) => found(objects, to)),
      earlier: earlier.map((before) => ({ ...identity, ...before })),
      keep: keep(manifest),
    });
  }
  return { components: [...components.values()], objects: [...objects.values()] };
}

/**
 * Components are named by the id of the chart, which doesn't change in a move; by its path if two charts share an id.
 */
function componentsOf({ charts }: System): Map<string, PlannedComponent> {
  const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const byId = Map.groupBy(charts, ({ path }) => idOf(path));
  const components = new Map<string, PlannedComponent>();
  for (const { path, dependsOn } of charts)
    components.set(path, {
      name: byId.get(idOf(path))?.length === 1 ? idOf(path) : path,
      dependsOn: dependsOn.map((needed) => found(components, needed)),
    });
  return components;
}

/** Dependencies are already known, since a system lists them first. */
function found<T>(known: ReadonlyMap<string, T>, key: string): T {
  const value = known.get(key);
  if (value === undefined)
    throw new Error(`the system is not sorted: ${key} is listed after an object that depends on it`);
  return value;
}

function validateAliases(aliases: NonNullable<PlanOptions['aliases']>, known: ReadonlySet<string>): void {
  for (const name of Object.keys(aliases)) {
    if (known.has(name)) continue;
    throw new ConfigurationError({
      code: 'object-unknown',
      where: `aliases › ${name}`,
      problem: 'the app has no object with this name',
      fix: 'use the current name of the object, such as Deployment/shop-dev/users',
    });
  }
}
