import type { Manifest, System } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { earlierVersions } from './api-moves.ts';
import { withoutScaledReplicas } from './autoscaled.ts';
import { dataOwners, holdsData } from './data-stores.ts';
import { type Identity, identityOf, resourceName, resourceType } from './identity.ts';
import { assertOutputs } from './outputs.ts';

export interface PlanOptions {
  /**
   * What an object was before a rename or a move to another API version, by its name in the URN: with
   * `{ 'Deployment/shop/basket': [{ name: 'cart' }] }` Pulumi takes the object over instead of making a second one.
   * @default only the API versions that Kubernetes itself retired, such as autoscaling/v1
   */
  readonly aliases?: Readonly<Record<string, readonly Partial<Identity>[]>>;
  /**
   * Which objects hold data: Pulumi refuses to delete them, and leaves them in the cluster when they leave the
   * program. `true` for volumes, StatefulSets with volumes and the operators' databases. Namespaces around them are
   * kept too.
   * @default false
   */
  readonly protectData?: boolean | ((manifest: Manifest) => boolean);
}

/** One chart as it will be registered: a component with its objects as children. */
export interface PlannedComponent {
  readonly name: string;
  readonly dependsOn: readonly PlannedComponent[];
}

/** One object as it will be registered. */
export interface PlannedObject {
  /** Name in the URN, such as `Deployment/shop-dev/users`. */
  readonly name: string;
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly component: PlannedComponent;
  readonly identity: Identity;
  /** The object, deploy-time secrets and Outputs still as tokens. */
  readonly manifest: Manifest;
  /** Where it stands in the construct tree. */
  readonly path: string;
  /** Objects that come first, besides those of the components that its own waits for. */
  readonly dependsOn: readonly PlannedObject[];
  /** What it may be called in the state of an earlier run. */
  readonly earlier: readonly Identity[];
  /** Whether it holds data, and so is never deleted. */
  readonly keep: boolean;
}

/** What `deploy` will register, what others need first. */
export interface DeploymentPlan {
  readonly components: readonly PlannedComponent[];
  readonly objects: readonly PlannedObject[];
}

/**
 * Works out what `deploy` registers, and registers nothing, so it needs no Pulumi engine. Pure.
 * @throws ConfigurationError for aliases of what isn't there, and for an Output where none can stand
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

/** Charts are told apart by their id, which stays when they move; by their path where two share an id. */
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

/** What comes first in a system is there already: that is the system's order. */
function found<T>(known: ReadonlyMap<string, T>, key: string): T {
  const value = known.get(key);
  if (value === undefined) throw new Error(`the system is out of order: ${key} comes after what needs it`);
  return value;
}

function validateAliases(aliases: NonNullable<PlanOptions['aliases']>, known: ReadonlySet<string>): void {
  for (const name of Object.keys(aliases)) {
    if (known.has(name)) continue;
    throw new ConfigurationError({
      code: 'object-unknown',
      where: `aliases › ${name}`,
      problem: 'the app has no such object',
      fix: 'name the object as it is called now, such as Deployment/shop-dev/users',
    });
  }
}
