import type { Picture } from './picture.ts';

/** An arrow's way through the layers, one place in each from its box on the left to its box on the right. */
export interface Way {
  /** Ids of boxes at both ends, and of places on the way between. */
  readonly places: readonly string[];
  /** It points from right to left: the picture has a circle. */
  readonly backwards: boolean;
}

export interface Layers {
  /** Ids from top to bottom, layer by layer from left to right; ways pass through places of their own. */
  readonly layers: readonly (readonly string[])[];
  /** Same order as the picture's arrows. */
  readonly ways: readonly Way[];
}

/**
 * Puts boxes into layers so that arrows lead to the right, and orders each layer so that few arrows cross: each place
 * moves to the mean of its neighbours, a few times to and fro.
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

/** The longest way from where arrows begin. Arrows that close a circle don't count. */
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
    const neighbours = Map.groupBy(steps, ({ left, right }) => (toRight ? right : left));
    result = result.map((layer) => {
      const mean = (id: string): number => {
        const beside = (neighbours.get(id) ?? []).map(
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
