import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import type { ApiObject, App, Chart } from 'cdk8s';
import { earlierVersions } from './api-moves.ts';
import { withoutScaledReplicas } from './autoscaled.ts';
import { dataOwners, holdsData } from './data-stores.ts';
import { drawDeclared, drawImplied } from './edges.ts';
import { type Identity, identityOf, resourceName, resourceType } from './identity.ts';
import { inOrder } from './order.ts';
import type { DeploymentPlan, PlannedComponent, PlannedObject } from './planned.ts';
import { render } from './render.ts';
import { readTree } from './tree.ts';

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

/**
 * Works out what `deploy` registers, and registers nothing, so it needs no Pulumi engine. Pure but for constructs
 * that aren't.
 * @throws ConfigurationError for objects with one identity, dependencies in a circle, and aliases of what isn't there.
 */
export function deploymentPlan(app: App, options: PlanOptions = {}): DeploymentPlan {
  const tree = readTree(app);
  const rendered = [...tree.objects].map(([object, chart]) => ({ object, chart, ...read(object) }));
  assertUnique(rendered);
  refuseUnknownAliases(options.aliases ?? {}, new Set(rendered.map(({ identity }) => resourceName(identity))));
  const scaled = withoutScaledReplicas(rendered);
  const isStore =
    typeof options.protectData === 'function' ? options.protectData : options.protectData ? holdsData : () => false;
  const keep = dataOwners(
    scaled.map(({ manifest }) => manifest),
    isStore,
  );

  const objects = new Map<ApiObject, { planned: PlannedObject; chart: Chart }>();
  const members = new Map<Chart, PlannedObject[]>(tree.charts.map((chart) => [chart, []]));
  for (const { object, chart, identity, manifest } of scaled) {
    const name = resourceName(identity);
    const earlier = [
      ...(options.aliases?.[name] ?? []),
      ...earlierVersions(identity).map((apiVersion) => ({ apiVersion })),
    ];
    const planned: PlannedObject = {
      name,
      type: resourceType(identity),
      identity,
      manifest,
      path: object.node.path,
      dependsOn: new Set(),
      earlier: earlier.map((before) => ({ ...identity, ...before })),
      keep: keep(manifest),
    };
    objects.set(object, { planned, chart });
    members.get(chart)?.push(planned);
  }

  const names = componentNames(tree.charts);
  const components = new Map(
    tree.charts.map((chart) => [
      chart,
      {
        name: names.get(chart) as string,
        dependsOn: new Set<PlannedComponent>(),
        objects: members.get(chart) as PlannedObject[],
      },
    ]),
  );
  drawDeclared(tree, { components, objects });
  drawImplied({ components, objects });
  for (const component of components.values())
    component.objects.splice(0, Infinity, ...inOrder(component.objects, `chart '${component.name}'`));
  return { components: inOrder<PlannedComponent>([...components.values()], 'the charts of the app') };
}

function read(object: ApiObject): { readonly manifest: Manifest; readonly identity: Identity } {
  const manifest = render(object);
  return { manifest: manifest as Manifest, identity: identityOf(manifest, object.node.path) };
}

/** Charts are told apart by their id, which stays when they move; by their path where two share an id. */
function componentNames(charts: readonly Chart[]): Map<Chart, string> {
  const counts = new Map<string, number>();
  for (const { node } of charts) counts.set(node.id, (counts.get(node.id) ?? 0) + 1);
  return new Map(charts.map((chart) => [chart, counts.get(chart.node.id) === 1 ? chart.node.id : chart.node.path]));
}

function assertUnique(objects: readonly { readonly object: ApiObject; readonly identity: Identity }[]): void {
  const first = new Map<string, ApiObject>();
  for (const { object, identity } of objects) {
    const id = `${object.apiGroup} ${resourceName(identity)}`;
    const duplicate = first.get(id);
    if (duplicate !== undefined)
      throw new ConfigurationError({
        code: 'object-duplicate',
        where: object,
        problem: `${resourceName(identity)} is declared twice, also at ${duplicate.node.path}`,
        fix: 'rename one of them: in the cluster they are one object',
      });
    first.set(id, object);
  }
}

function refuseUnknownAliases(aliases: NonNullable<PlanOptions['aliases']>, known: ReadonlySet<string>): void {
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
