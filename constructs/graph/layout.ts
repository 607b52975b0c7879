import { layersOf } from './layers.ts';
import type { Arrow, Box, Picture } from './picture.ts';

/** Maximum width of a character in the monospaced fonts of the diagram, as a share of the font size. */
const CHARACTER = 0.62;
export const FONT = { title: 14, note: 11, label: 11 } as const;
const BOX = { height: 52, padding: 16, gap: 28 } as const;
/** Space between layers, without labels. */
const CHANNEL = 64;
const MARGIN = 24;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends Box {
  /** Of its upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedArrow extends Arrow {
  /** From its tail to its head. */
  readonly points: readonly Point[];
  /** Middle of the label. */
  readonly labelAt: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
}

/** Maximum width of a text. */
export function textWidth(text: string, size: number): number {
  return text.length * size * CHARACTER;
}

/** Computes the position of each box and arrow; deterministic. */
export function layoutOf(picture: Picture): Layout {
  const { layers, ways } = layersOf(picture);
  const byId = new Map(picture.boxes.map((box) => [box.id, box]));
  const widthOf = ({ title, note }: Box) =>
    Math.ceil(Math.max(textWidth(title, FONT.title), textWidth(note, FONT.note), 64) + 2 * BOX.padding);
  const tallest = Math.max(1, ...layers.map(({ length }) => length));
  const height = 2 * MARGIN + tallest * BOX.height + (tallest - 1) * BOX.gap;

  const places = new Map<string, { readonly left: Point; readonly right: Point }>();
  const boxes: PlacedBox[] = [];
  let x = MARGIN;
  for (const [index, layer] of layers.entries()) {
    const layerBoxes = layer.flatMap((id) => byId.get(id) ?? []);
    const width = Math.max(0, ...layerBoxes.map(widthOf));
    const step = BOX.height + BOX.gap;
    const top = (height - layer.length * step + BOX.gap) / 2;
    for (const [row, id] of layer.entries()) {
      const y = top + row * step;
      const box = byId.get(id);
      if (box !== undefined) boxes.push({ ...box, x, y, width, height: BOX.height });
      places.set(id, { left: { x, y: y + BOX.height / 2 }, right: { x: x + width, y: y + BOX.height / 2 } });
    }
    const leaving = picture.arrows.filter((_, arrow) => layer.includes(ways[arrow]?.places[0] as string));
    const label = Math.max(0, ...leaving.map((arrow) => textWidth(arrow.label, FONT.label)));
    x += width + (index === layers.length - 1 ? MARGIN : CHANNEL + label);
  }

  const arrows = picture.arrows.map((arrow, index): PlacedArrow => {
    const { places: ids, backwards } = ways[index] as (typeof ways)[number];
    const along = ids.flatMap((id, place) => {
      const { left, right } = places.get(id) as { left: Point; right: Point };
      return place === 0 ? [right] : place === ids.length - 1 ? [left] : [left, right];
    });
    const [a, b] = along as [Point, Point];
    return {
      ...arrow,
      points: backwards ? along.reverse() : along,
      labelAt: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    };
  });
  return { width: Math.ceil(x), height: Math.ceil(height), boxes, arrows };
}
