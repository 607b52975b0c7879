import { ConfigurationError } from '@groundwork/contract';
import { ApiObject, type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** A part of a list: from `start`, up to and without `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What stands in and around a construct; a subtree is one range, as the tree is read in depth-first order. */
export interface Extent {
  /** Index of the closest chart around it, or of itself; undefined outside of all charts. */
  readonly chart: number | undefined;
  /** Of `Tree.charts`. */
  readonly charts: Range;
  /** Of `Tree.objects`. */
  readonly objects: Range;
}

/** What `addDependency` says: all objects in the source come after all in the target. */
export interface Dependency {
  readonly source: Extent;
  readonly target: Extent;
}

/** A chart, and the index of the closest chart around it. */
export interface TreeChart {
  readonly path: string;
  readonly outer: number | undefined;
}

/** A construct tree, read once. */
export interface Tree {
  readonly charts: readonly TreeChart[];
  readonly objects: readonly { readonly construct: ApiObject; readonly chart: number }[];
  readonly dependencies: readonly Dependency[];
}

/**
 * Reads an app in one walk. cdk8s's own `synth` looks for each object's chart again in each chart, multiplies each
 * dependency out to all objects on both sides, and makes a graph of all constructs: more than linear, as measured.
 * @throws ConfigurationError with everything that the constructs' own validations say
 */
export function readTree(app: App): Tree {
  const charts: TreeChart[] = [];
  const objects: { construct: ApiObject; chart: number }[] = [];
  const extents = new Map<IConstruct, Extent>();
  const declared: { source: IConstruct; target: IConstruct }[] = [];
  const faults: string[] = [];
  const walk = (construct: IConstruct, around: number | undefined): void => {
    const before = { charts: charts.length, objects: objects.length };
    const chart = Chart.isChart(construct) ? charts.push({ path: construct.node.path, outer: around }) - 1 : around;
    if (ApiObject.isApiObject(construct) && chart !== undefined) objects.push({ construct, chart });
    for (const target of construct.node.dependencies) declared.push({ source: construct, target });
    for (const fault of construct.node.validate()) faults.push(`[${construct.node.path}] ${fault}`);
    for (const child of construct.node.children) walk(child, chart);
    extents.set(construct, {
      chart,
      charts: { start: before.charts, end: charts.length },
      objects: { start: before.objects, end: objects.length },
    });
  };
  walk(app, undefined);
  if (faults.length > 0)
    throw new ConfigurationError({
      code: 'app-invalid',
      where: 'the cdk8s app',
      problem: `constructs failed their validation:\n  ${faults.join('\n  ')}`,
      fix: 'fix what each construct says',
    });
  const extentOf = (construct: IConstruct, source: IConstruct): Extent => {
    const extent = extents.get(construct);
    if (extent !== undefined) return extent;
    throw new ConfigurationError({
      code: 'dependency-outside',
      where: source,
      problem: `it depends on '${construct.node.path}', which is not in this app`,
      fix: 'put both into one app: their order is kept within an app only',
    });
  };
  const dependencies = declared.map(({ source, target }) => ({
    source: extentOf(source, source),
    target: extentOf(target, source),
  }));
  return { charts, objects, dependencies };
}
