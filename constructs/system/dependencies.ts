import type { CustomKinds, ObjectIdentity } from './identity.ts';
import { impliedBy } from './implied-edges.ts';
import { inOrder, orderOrCycle, type Vertex } from './order.ts';
import type { SystemChart, SystemEdge, SystemObject } from './system.ts';
import type { Dependency, Extent, Range, Tree } from './tree.ts';

/** An object of the tree, with what it waits for. */
export interface ObjectVertex extends Vertex {
  /** Its id. */
  readonly name: string;
  needs: Ranked[];
  /** Of what Kubernetes implies, what it cannot exist without. */
  required: readonly ObjectVertex[];
  /** Of what Kubernetes implies, what it should come after. */
  preferred: readonly ObjectVertex[];
  readonly object: SystemObject;
  readonly identity: ObjectIdentity;
  /** Index of its chart. */
  readonly chart: number;
  /** Its place by kind and name; at last the one by dependencies. */
  position: number;
}

/** All objects of a construct that others wait for. */
interface Group extends Vertex {
  readonly needs: readonly ObjectVertex[];
  position: number;
}

type Ranked = ObjectVertex | Group;

/** Dependencies, each once: `from` waits for `to`. */
class Pairs<T> {
  readonly #targets = new Map<T, Set<T>>();

  public add(from: T, to: T): void {
    const known = this.#targets.get(from);
    if (known === undefined) this.#targets.set(from, new Set([to]));
    else known.add(to);
  }

  public of(from: T): Iterable<T> {
    return this.#targets.get(from) ?? [];
  }

  public *[Symbol.iterator](): Generator<readonly [T, T]> {
    for (const [from, targets] of this.#targets) for (const to of targets) yield [from, to];
  }
}

/** What of a system follows from its dependencies. */
export interface Ordered {
  readonly objects: SystemObject[];
  readonly charts: SystemChart[];
  readonly edges: SystemEdge[];
}

/**
 * Orders the objects and charts of an app by what `addDependency` declares and what Kubernetes implies (`IMPLIED_RULES`).
 *
 * What is declared between two charts is one dependency between the charts. Where charts would wait for each other, such
 * as an operator's chart and one with the operator's namespace and custom resources, it becomes dependencies between
 * objects. What is implied is always between objects, so that no object waits for more than it needs.
 *
 * An implied dependency that an object can exist without is left out if it is on a cycle: the declared order holds.
 * @param vertices in the order of the tree
 * @param sorted the same in the order that they have without dependencies
 * @param rangeOf the part of `vertices` that a part of the tree's objects became
 * @throws ConfigurationError for objects that wait for each other
 */
export function orderedBy(
  tree: Tree,
  vertices: readonly ObjectVertex[],
  sorted: readonly ObjectVertex[],
  rangeOf: (objects: Range) => Range,
  custom: CustomKinds,
): Ordered {
  const implied = impliedBy(vertices, custom);
  for (const vertex of vertices) {
    Object.assign(vertex, implied(vertex));
    vertex.needs.push(...vertex.required);
  }
  const declared = declaredBy(tree, ({ objects }) => rangeOf(objects), vertices);
  const groups = [...new Set(declared.map(({ group }) => group))];
  rank(groups);
  for (const { needs, preferred } of vertices) {
    needs.push(...preferred);
    needs.sort((a, b) => a.position - b.position);
  }
  const ordered = withoutCycle(sorted, groups);
  for (const [place, vertex] of ordered.entries()) vertex.position = place;

  const chartPairs = pairsOfCharts(tree);
  const tangled = tangledCharts(chartPairs, vertices);
  /** Whether a declared dependency between objects of the two charts is said of the objects. */
  const ofObjects = (from: number, to: number): boolean => from === to || (tangled.has(from) && tangled.has(to));
  const pairs = new Pairs<ObjectVertex>();
  for (const { source, target, sources, group } of declared) {
    if (!chartsOf(source).some((from) => chartsOf(target).some((to) => ofObjects(from, to)))) continue;
    for (const from of sources) for (const to of group.needs) if (ofObjects(from.chart, to.chart)) pairs.add(from, to);
  }
  return {
    objects: ordered.map(({ object }) => object),
    charts: orderedCharts(tree, chartPairs, ofObjects),
    edges: ordered.flatMap((from) =>
      [...new Set([...impliedOf(from), ...pairs.of(from)])]
        .sort((a, b) => a.position - b.position)
        .map((to) => ({ from: from.name, to: to.name })),
    ),
  };
}

/** A declared dependency by its objects. */
interface Declared extends Dependency {
  readonly sources: readonly ObjectVertex[];
  readonly group: Group;
}

/**
 * Writes down for each object what `addDependency` asks it to wait for. Of a dependency between a construct and one
 * around it, the outer side is without the inner one. What Kubernetes implies for the target, such as its Namespace, does
 * not wait for the target, although it is in the source, unless that is all there is.
 */
function declaredBy(
  { dependencies }: Tree,
  rangeOf: (extent: Extent) => Range,
  vertices: readonly ObjectVertex[],
): Declared[] {
  const objectsIn = (extent: Extent, without?: Extent): readonly ObjectVertex[] => {
    const { start, end } = rangeOf(extent);
    const found = vertices.slice(start, end);
    if (without === undefined || !overlap(extent.objects, without.objects)) return found;
    const left = rangeOf(without);
    return found.filter((_, index) => start + index < left.start || start + index >= left.end);
  };
  const groups = new Map<Extent, Group>();
  const groupOf = (members: readonly ObjectVertex[]): Group => ({
    needs: members.toSorted((a, b) => a.position - b.position),
    position: 0,
  });
  const declared = dependencies.map(({ source, target }): Declared => {
    const isInner = size(source.objects) < size(target.objects);
    if (isInner && overlap(source.objects, target.objects))
      return { source, target, sources: objectsIn(source), group: groupOf(objectsIn(target, source)) };
    const group = groups.get(target) ?? groupOf(objectsIn(target));
    groups.set(target, group);
    return { source, target, sources: objectsIn(source, target), group };
  });
  const needed = new Set(vertices.flatMap(impliedOf));
  const isOpen = ({ sources }: Declared): boolean => sources.some((vertex) => needed.has(vertex));
  const clear = declared.filter((one) => !isOpen(one));
  for (const { sources, group } of clear) for (const vertex of sources) vertex.needs.push(group);
  const decided = declared.filter(isOpen).map((one): Declared => {
    const early = neededBy(one.group);
    const sources = one.sources.filter((vertex) => !early.has(vertex));
    return sources.length === 0 ? one : { ...one, sources };
  });
  for (const { sources, group } of decided) for (const vertex of sources) vertex.needs.push(group);
  return [...clear, ...decided];
}

/** All that Kubernetes implies for an object. */
function impliedOf({ required, preferred }: ObjectVertex): ObjectVertex[] {
  return [...required, ...preferred];
}

/** The order of the objects; of what they prefer, what closes a cycle is left out. */
function withoutCycle(sorted: readonly ObjectVertex[], groups: readonly Group[]): ObjectVertex[] {
  const { order, cycle } = orderOrCycle(sorted);
  if (cycle === undefined) return order;
  const cyclic = onCycles<Ranked>([...groups, ...sorted], ({ needs }) => needs);
  for (const vertex of sorted) {
    if (!cyclic.has(vertex)) continue;
    const left = new Set(vertex.preferred.filter((needed) => cyclic.has(needed)));
    vertex.preferred = vertex.preferred.filter((needed) => !left.has(needed));
    vertex.needs = vertex.needs.filter((needed) => !('preferred' in needed && left.has(needed)));
  }
  return inOrder(sorted);
}

/** Which chart waits for which, as declared. */
function pairsOfCharts({ charts, dependencies }: Tree): Pairs<number> {
  const pairs = new Pairs<number>();
  const add = (from: number, to: number): void => {
    if (from !== to) pairs.add(from, to);
  };
  // As in cdk8s, a chart comes after the charts in it.
  for (const [inner, { outer }] of charts.entries()) if (outer !== undefined) add(outer, inner);
  for (const { source, target } of dependencies) {
    const isInner = size(source.charts) < size(target.charts);
    const isIn = ({ start, end }: Range, chart: number): boolean => chart >= start && chart < end;
    const sources = chartsOf(source).filter((chart) => isInner || !isIn(target.charts, chart));
    const targets = chartsOf(target).filter((chart) => !isInner || !isIn(source.charts, chart));
    for (const from of sources) for (const to of targets) add(from, to);
  }
  return pairs;
}

/** Charts that wait for each other by what is declared and implied. */
function tangledCharts(declared: Pairs<number>, vertices: readonly ObjectVertex[]): ReadonlySet<number> {
  const pairs = new Pairs<number>();
  for (const [from, to] of declared) pairs.add(from, to);
  for (const from of vertices)
    for (const to of impliedOf(from)) if (from.chart !== to.chart) pairs.add(from.chart, to.chart);
  const charts = new Set([...pairs].flat());
  return onCycles([...charts], (chart) => [...pairs.of(chart)]);
}

/** The chart around a construct, and those in it. */
function chartsOf({ chart, charts: { start, end } }: Extent): number[] {
  const inside = Array.from({ length: end - start }, (_, index) => start + index);
  return chart === undefined || chart === start ? inside : [chart, ...inside];
}

function size({ start, end }: Range): number {
  return end - start;
}

function overlap(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Those of the items that are on a cycle, or between two. */
function onCycles<T>(items: readonly T[], needsOf: (item: T) => readonly T[]): ReadonlySet<T> {
  const needs = new Map(items.map((item) => [item, needsOf(item)]));
  const neededBy = new Map(items.map((item): [T, T[]] => [item, []]));
  for (const [item, needed] of needs) for (const one of needed) neededBy.get(one)?.push(item);
  const left = new Set(items);
  for (const [forward, backward] of [
    [needs, neededBy],
    [neededBy, needs],
  ] as const) {
    const open = new Map(
      [...left].map((item) => [item, forward.get(item)?.filter((one) => left.has(one)).length ?? 0]),
    );
    const free = [...left].filter((item) => open.get(item) === 0);
    // A list that grows while it is walked is walked to its end.
    for (const item of free) {
      left.delete(item);
      for (const other of backward.get(item) ?? []) {
        const rest = (open.get(other) ?? 0) - 1;
        open.set(other, rest);
        if (rest === 0) free.push(other);
      }
    }
  }
  return left;
}

/** What Kubernetes implies for the objects of a group, or for what those wait for. */
function neededBy(group: Group): ReadonlySet<ObjectVertex> {
  const found = new Set<ObjectVertex>();
  const seen = new Set<Ranked>(group.needs);
  for (const vertex of seen) {
    const implied = 'preferred' in vertex ? impliedOf(vertex) : [];
    for (const needed of implied) found.add(needed);
    for (const next of [...vertex.needs, ...implied]) seen.add(next);
  }
  return found;
}

/** Gives groups places before all objects, by what is in them: the order does not depend on where constructs stand. */
function rank(groups: Group[]): void {
  groups.sort(({ needs: a }, { needs: b }) => {
    const differs = a.findIndex((vertex, index) => vertex !== b[index]);
    return differs === -1 ? a.length - b.length : (a[differs]?.position ?? 0) - (b[differs]?.position ?? -1);
  });
  for (const [index, group] of groups.entries()) group.position = index - groups.length;
}

interface ChartVertex extends Vertex {
  readonly name: string;
  readonly needs: ChartVertex[];
}

/** By path where none waits for the other. */
function orderedCharts(
  { charts }: Tree,
  pairs: Pairs<number>,
  ofObjects: (from: number, to: number) => boolean,
): SystemChart[] {
  const vertices = charts.map(({ path }): ChartVertex => ({ name: path, path, needs: [] }));
  for (const [from, to] of pairs) {
    const needed = vertices[to];
    if (needed !== undefined && !ofObjects(from, to)) vertices[from]?.needs.push(needed);
  }
  const byPath = (a: ChartVertex, b: ChartVertex): number => (a.name < b.name ? -1 : 1);
  for (const { needs } of vertices) needs.sort(byPath);
  return inOrder(vertices.sort(byPath)).map(({ name, needs }) => ({
    path: name,
    dependsOn: needs.map((needed) => needed.name),
  }));
}
