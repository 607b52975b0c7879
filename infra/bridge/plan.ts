import type { Manifest, System } from '@groundwork/constructs';
import { earlierVersions } from './api-moves.ts';
import { withoutScaledReplicas } from './autoscaled.ts';
import { dataOwners, holdsData } from './data-stores.ts';
import { type Identity, identityOf, resourceName, resourceType } from './identity.ts';
import { prefixed, validateNames, validatePrefixes } from './names.ts';
import { assertOutputs } from './outputs.ts';

/** Options of `deploymentPlan`. */
export interface PlanOptions {
  /**
   * Precedes the names of all resources, as in `eu/Deployment/shop/users`: with one prefix each, several calls of
   * `deploy` in a program have different URNs. @default none
   */
  readonly prefix?: string;
  /**
   * The prefix of resources that exist already, an empty string for none, while `prefix` changes: Pulumi keeps the
   * resources instead of creating second ones. @default all resources have the prefix already
   */
  readonly formerPrefix?: string;
  /**
   * Former identities of renamed objects, by the name in the URN: with
   * `{ 'Deployment/shop/basket': [{ name: 'cart' }] }` Pulumi keeps the resource instead of creating a second one.
   * @default only API versions that Kubernetes removed, such as autoscaling/v2beta2
   */
  readonly aliases?: Readonly<Record<string, readonly Partial<Identity>[]>>;
  /**
   * Objects with data: Pulumi refuses to delete them, and keeps them in the cluster if they are removed from the
   * program. `true` selects volumes, StatefulSets with volumes and operators' databases. Their Namespaces and the
   * definitions of their kinds are protected too.
   * @default false
   */
  readonly protectData?: boolean | ((manifest: Manifest) => boolean);
  /**
   * Objects that may exist in the cluster although the state has no resource for them, such as after an `up` that was
   * killed: names in the URN, such as `StatefulSet/shop/postgres`. They are updated to the program's values instead of
   * failing, through a second provider. Needs a `KubernetesProvider`, and is for one run. @default none
   */
  readonly adopt?: readonly string[];
}

/** One chart as it will be registered: a component with its objects as children. */
export interface PlannedComponent {
  /** Id of the chart, or its path if two charts share an id; after the prefix. */
  readonly name: string;
  /** Components whose objects are registered first. */
  readonly dependsOn: readonly PlannedComponent[];
  /** Former names, which become aliases. */
  readonly formerNames: readonly string[];
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
  /** Former types and names, which become aliases. */
  readonly earlier: readonly { readonly type: string; readonly name: string }[];
  /** Whether it stores data and is protected from deletion. */
  readonly keep: boolean;
  /** Whether it may exist in the cluster although the state has no resource for it. */
  readonly adopt: boolean;
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
 * @throws ConfigurationError for an invalid prefix, for unknown objects in `aliases` or `adopt`, and for misplaced Outputs
 */
export function deploymentPlan(system: System, options: PlanOptions = {}): DeploymentPlan {
  for (const object of system.objects) assertOutputs(object);
  const { prefix, formerPrefix, aliases = {} } = options;
  validatePrefixes({ prefix, formerPrefix });
  const nameOf = prefixed(prefix);
  const named = system.objects.map((object) => ({ ...object, identity: identityOf(object) }));
  const known = new Set(named.map(({ identity }) => nameOf(resourceName(identity))));
  validateNames('aliases', Object.keys(aliases), known);
  const adopt = new Set(options.adopt);
  validateNames('adopt', adopt, known);
  const scaled = withoutScaledReplicas(named);
  const { protectData = false } = options;
  const isStore = typeof protectData === 'function' ? protectData : protectData ? holdsData : () => false;
  const keep = dataOwners(
    scaled.map(({ manifest }) => manifest),
    isStore,
  );

  const components = componentsOf(system, prefix, formerPrefix);
  const needed = Map.groupBy(system.edges, ({ from }) => from);
  const objects = new Map<string, PlannedObject>();
  for (const { id, chart, path, identity, manifest } of scaled) {
    const name = nameOf(resourceName(identity));
    const { namespace } = manifest.metadata;
    const before: readonly Partial<Identity>[] = [
      ...(aliases[name] ?? []),
      ...earlierVersions(identity).map((apiVersion) => ({ apiVersion })),
      // Names of objects that are in no namespace once had the one that their chart gives them.
      ...(namespace === identity.namespace || namespace === undefined ? [] : [{ namespace }]),
    ];
    const earlier = before.map((one) => ({ ...identity, ...one }));
    objects.set(id, {
      name,
      type: resourceType(identity),
      component: found(components, chart),
      identity,
      manifest,
      path,
      dependsOn: (needed.get(id) ?? []).map(({ to }) => found(objects, to)),
      earlier: [
        ...earlier.map((one) => ({ type: resourceType(one), name: nameOf(resourceName(one)) })),
        ...(formerPrefix === undefined ? [] : [identity, ...earlier]).map((one) => ({
          type: resourceType(one),
          name: prefixed(formerPrefix)(resourceName(one)),
        })),
      ],
      keep: keep(manifest),
      adopt: adopt.has(name),
    });
  }
  return { components: [...components.values()], objects: [...objects.values()] };
}

/**
 * Components are named by the id of the chart, which doesn't change in a move; by its path if two charts share an id.
 */
function componentsOf(
  { charts }: System,
  prefix: string | undefined,
  formerPrefix: string | undefined,
): Map<string, PlannedComponent> {
  const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const byId = Map.groupBy(charts, ({ path }) => idOf(path));
  const components = new Map<string, PlannedComponent>();
  for (const { path, dependsOn } of charts) {
    const name = byId.get(idOf(path))?.length === 1 ? idOf(path) : path;
    components.set(path, {
      name: prefixed(prefix)(name),
      dependsOn: dependsOn.map((needed) => found(components, needed)),
      formerNames: formerPrefix === undefined ? [] : [prefixed(formerPrefix)(name)],
    });
  }
  return components;
}

/** Dependencies are already known, since a system lists them first. */
function found<T>(known: ReadonlyMap<string, T>, key: string): T {
  const value = known.get(key);
  if (value === undefined)
    throw new Error(`the system is not sorted: ${key} is listed after an object that depends on it`);
  return value;
}
