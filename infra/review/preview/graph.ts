import { type Contract, type DiagramEdge, type DiagramNode, Graph, toDiagram } from '@groundwork/constructs';

/** Change of a part of the graph; unchanged (`kept`) parts are shown if a changed part connects to them. */
export type Mark = 'added' | 'removed' | 'changed' | 'kept';
export type Marked<T> = T & {
  readonly mark: Mark;
  /** Previous text of a changed part, such as `3 operations`. */
  readonly was?: string;
};

/** Differences between two graphs: every changed part, and the boxes connected to it. */
export interface GraphChange {
  readonly boxes: readonly Marked<DiagramNode>[];
  readonly arrows: readonly Marked<DiagramEdge>[];
}

/** Undefined if the contracts of both versions have the same graph. */
export function graphChange(before: readonly Contract[], after: readonly Contract[]): GraphChange | undefined {
  const [was, is] = [toDiagram(new Graph(before)), toDiagram(new Graph(after))];
  const boxes = marked(
    was.nodes,
    is.nodes,
    ({ id }) => id,
    ({ note }) => note,
  );
  const arrows = marked(
    was.edges,
    is.edges,
    ({ from, to }) => JSON.stringify([from, to]),
    ({ detail }) => detail,
  ).filter(differs);
  const near = new Set([...boxes.filter(differs).map(({ id }) => id), ...arrows.flatMap(({ from, to }) => [from, to])]);
  return near.size === 0 ? undefined : { boxes: boxes.filter(({ id }) => near.has(id)), arrows };
}

export function differs({ mark }: Marked<unknown>): boolean {
  return mark !== 'kept';
}

function marked<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (part: T) => string,
  saying: (part: T) => string,
): Marked<T>[] {
  const known = new Map(before.map((part) => [keyOf(part), part]));
  const kept = new Set(after.map(keyOf));
  const now = after.map((part): Marked<T> => {
    const then = known.get(keyOf(part));
    if (then === undefined) return { ...part, mark: 'added' };
    return saying(then) === saying(part) ? { ...part, mark: 'kept' } : { ...part, mark: 'changed', was: saying(then) };
  });
  return [
    ...now,
    ...before.filter((part) => !kept.has(keyOf(part))).map((part): Marked<T> => ({ ...part, mark: 'removed' })),
  ];
}
