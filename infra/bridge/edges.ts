import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { PlannedComponent, PlannedObject } from './planned.ts';
import type { Tree } from './tree.ts';

/** What the edges are drawn between: a component for each chart, and the objects by where they stand. */
export interface Vertices {
  readonly components: ReadonlyMap<Chart, PlannedComponent>;
  readonly objects: ReadonlyMap<IConstruct, { readonly planned: PlannedObject; readonly chart: Chart }>;
}

/** Draws what was asked for with `addDependency`: between charts one edge for a pair, within a chart from object to object. */
export function drawDeclared({ dependencies, charts }: Tree, { components, objects }: Vertices): void {
  for (const chart of charts) {
    const outer = chartsOf(chart.node.scope as IConstruct, true)[0];
    if (outer) join(components, outer, chart); // as cdk8s has it: a chart comes after the charts in it
  }
  for (const { source, target } of dependencies) {
    for (const from of chartsOf(source)) {
      for (const to of chartsOf(target)) {
        if (from !== to) join(components, from, to);
        else joinObjects(objectsIn(source, from), objectsIn(target, from));
      }
    }
  }

  function objectsIn(construct: IConstruct, within: Chart): PlannedObject[] {
    const found = construct.node.findAll().flatMap((child) => objects.get(child) ?? []);
    return found.filter(({ chart }) => chart === within).map(({ planned }) => planned);
  }
}

/** Draws what the API server asks for: a custom resource comes after its definition, a namespaced object after its Namespace. */
export function drawImplied({ components, objects }: Vertices): void {
  const definitions = new Map<string, { planned: PlannedObject; chart: Chart }>();
  for (const vertex of objects.values()) {
    const { kind, metadata, spec } = vertex.planned.manifest as {
      kind: string;
      metadata: { name: string };
      spec?: { group?: string; names?: { kind?: string } };
    };
    if (kind === 'Namespace') definitions.set(`namespace ${metadata.name}`, vertex);
    if (kind === 'CustomResourceDefinition') definitions.set(`${spec?.group} ${spec?.names?.kind}`, vertex);
  }
  for (const { planned, chart } of objects.values()) {
    const { apiVersion, kind, namespace } = planned.identity;
    for (const name of [`${apiVersion.split('/')[0]} ${kind}`, `namespace ${namespace}`]) {
      const definition = definitions.get(name);
      if (definition === undefined || definition.planned === planned) continue;
      if (definition.chart === chart) planned.dependsOn.add(definition.planned);
      else join(components, chart, definition.chart);
    }
  }
}

function join(components: Vertices['components'], from: Chart, to: Chart): void {
  (components.get(from) as PlannedComponent).dependsOn.add(components.get(to) as PlannedComponent);
}

function joinObjects(sources: readonly PlannedObject[], targets: readonly PlannedObject[]): void {
  for (const source of sources) for (const target of targets) if (source !== target) source.dependsOn.add(target);
}

/** The chart around a construct; for one outside of any chart, the charts in it, unless `upwards` only. */
function chartsOf(construct: IConstruct, upwards = false): Chart[] {
  for (let place: IConstruct | undefined = construct; place; place = place.node.scope)
    if (Chart.isChart(place)) return [place];
  return upwards ? [] : construct.node.findAll().filter((child) => Chart.isChart(child));
}
