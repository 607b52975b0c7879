import type { Picture } from './picture.ts';

/** The route of an arrow through the layers, with one position in each layer between its boxes. */
export interface Way {
  /** Ids of the boxes at both ends, and of the positions in between. */
  readonly places: readonly string[];
  /** It points from right to left, which happens in a cycle. */
  readonly backwards: boolean;
}

export interface Layers {
  /** Ids from top to bottom, layer by layer from left to right, including the positions of routes. */
  readonly layers: readonly (readonly string[])[];
  /** In the order of the picture's arrows. */
  readonly ways: readonly Way[];
}

/**
 * Assigns boxes to layers so that arrows point to the right, and orders each layer to reduce crossings: each position
 * moves to the mean of the positions it is connected to, in a few passes in both directions.
 * @see Sugiyama, Tagawa, Toda: Methods for Visual Understanding of Hierarchical System Structures (1981)
 */
export function layersOf({ boxes, arrows }: Picture): Layers {
  const rank = ranks(
    boxes.map(({ id }) => id),
    arrows,
  );
  const layers: string[][] = Array.from({ length: Math.max(-1, ...rank.values()) + 1 }, () => []);
  for (const { id } of boxes) layers[rank.get(id) as number]?.push(id);
  const ways = arrows.map(({ from, to }, index): Way => {
    const backwards = (rank.get(from) as number) > (rank.get(to) as number);
    const [left, right] = backwards ? [to, from] : [from, to];
    const between: string[] = [];
    for (let layer = (rank.get(left) as number) + 1; layer < (rank.get(right) as number); layer++) {
      const place = `way ${index} at ${layer}`;
      layers[layer]?.push(place);
      between.push(place);
    }
    return { places: [left, ...between, right], backwards };
  });
  return { layers: untangled(layers, ways), ways };
}

/** The longest path from a source. Arrows that close a cycle do not count. */
function ranks(ids: readonly string[], arrows: Picture['arrows']): Map<string, number> {
  const rank = new Map<string, number>();
  const open = new Set<string>();
  const incoming = Map.groupBy(arrows, ({ to }) => to);
  const visit = (id: string): number => {
    const known = rank.get(id);
    if (known !== undefined) return known;
    open.add(id);
    const before = (incoming.get(id) ?? []).filter(({ from }) => !open.has(from)).map(({ from }) => visit(from));
    open.delete(id);
    rank.set(id, Math.max(-1, ...before) + 1);
    return rank.get(id) as number;
  };
  for (const id of ids) visit(id);
  return rank;
}

function untangled(layers: readonly (readonly string[])[], ways: readonly Way[]): string[][] {
  const steps = ways.flatMap(({ places }) =>
    places.slice(1).map((right, index) => ({ left: places[index] as string, right })),
  );
  let result = layers.map((layer) => [...layer]);
  for (const toRight of [true, false, true, false]) {
    const position = new Map(
      result.flatMap((layer) => layer.map((id, index) => [id, (index + 0.5) / layer.length] as const)),
    );
    const adjacent = Map.groupBy(steps, ({ left, right }) => (toRight ? right : left));
    result = result.map((layer) => {
      const mean = (id: string): number => {
        const beside = (adjacent.get(id) ?? []).map(
          ({ left, right }) => position.get(toRight ? left : right) as number,
        );
        return beside.length === 0
          ? (position.get(id) as number)
          : beside.reduce((sum, value) => sum + value, 0) / beside.length;
      };
      return layer
        .map((id) => ({ id, at: mean(id) }))
        .sort((a, b) => a.at - b.at)
        .map(({ id }) => id);
    });
  }
  return result;
}
